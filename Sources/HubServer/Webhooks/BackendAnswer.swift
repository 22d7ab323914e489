import HubWire

/// What a backend has decided. A pure value.
struct BackendAnswer: Sendable, Equatable {
  enum Verdict: Sendable, Equatable {
    /// As it was asked.
    case allow
    /// This is published in the event's place.
    case replace(EventName?, EventData?)
    /// Nothing is published: the sender alone gets this.
    case reply(EventName, EventData)
    case refuse(detail: String?)
  }

  let verdict: Verdict
  /// How long the answer counts, where it says so.
  let cache: Duration?

  private static let maximumDetail = 1_024
  private static let maximumCache: Int64 = 86_400

  /// Reads the body of an answer.
  ///
  /// - Parameter isPublish: whether an event was asked about, in whose place another may be given.
  /// - Throws: what is wrong with it.
  init(_ body: [UInt8], isPublish: Bool) throws(HubError) {
    let object = try JSONObject(parsing: body)
    guard let allow = try object.bool("allow") else { throw HubError(.invalidRequest, "`allow` is missing") }
    cache = try object.integer("cacheSeconds", in: 0...Self.maximumCache).map { .seconds($0) }
    if allow {
      verdict = isPublish ? try Self.replacement(object) : .allow
    } else if isPublish, let reply = try object.present("reply") {
      let event = try JSONObject(reply, name: "reply")
      let name = try event.string("event").map { text throws(HubError) in try EventName(text) }
      verdict = .reply(name ?? .message, try event.eventData())
    } else {
      verdict = .refuse(detail: try object.string("detail", maximum: Self.maximumDetail))
    }
  }

  private static func replacement(_ object: JSONObject) throws(HubError) -> Verdict {
    let name = try object.string("event").map { text throws(HubError) in try EventName(text) }
    let base64 = try object.string("dataBase64")
    let json = try object.value("data")
    let data = json == nil && base64 == nil ? nil : try object.eventData()
    return name == nil && data == nil ? .allow : .replace(name, data)
  }
}
