import HubWire

/// What a node asks of others, each to answer for itself alone: a request that it has let in.
struct NodeQuestion: Sendable {
  let method: HTTPMethod
  /// As they were sent, not decoded.
  let path: String
  let query: String?
  /// When it was asked, in milliseconds since 1970, by the clock of the node that asks: all do the same thing with it.
  let time: Int64
  /// What a user is sent; nil for any other question.
  var event: UserEventContent?
  /// Those who are to answer, where not all are; the others hear it, and have nothing to say.
  var nodes: [String]?
  /// The node that asks, where it was away: it may have something to tell too.
  var returned: String?

  /// The path of a question of the nodes' own: whose tokens were revoked.
  static let revocations = "revocations"

  init(method: HTTPMethod, path: String, query: String? = nil, time: Int64) {
    self.method = method == .head ? .get : method
    self.path = path
    self.query = query
    self.time = time
  }

  func encode() -> [UInt8] {
    JSONWriter.object(capacity: 256 + (event?.data.byteCount ?? 0) * 4 / 3) { json in
      json.member("method", method.text)
      json.member("path", path)
      if let query { json.member("query", query) }
      json.member("time", time)
      if let nodes {
        json.key("nodes")
        json.array(nodes) { $0.string($1) }
      }
      if let returned { json.member("returned", returned) }
      guard let event else { return }
      json.member("event", event.name.text)
      switch event.data {
      case .json(let text): json.member("data", raw: text)
      case .base64(let text):
        json.key("dataBase64")
        json.string(text.span)
      }
      if let trace = event.trace { json.member("trace", trace) }
    }
  }

  /// - Throws: where it is not what a node of this version asks.
  init(_ bytes: [UInt8]) throws(HubError) {
    // What a user is sent may be as deep as any event, and stands one deeper here.
    let object = try JSONObject(parsing: bytes, maximumDepth: JSONScanner.maximumDepth + 1)
    self.init(
      method: HTTPMethod(try object.requiredString("method")), path: try object.requiredString("path"),
      query: try object.string("query"), time: try object.integer("time", in: 0...Int64.max) ?? 0)
    if let nodes = try object.present("nodes") {
      self.nodes = try JSONArray(nodes, maximum: Acquaintances.atOnce, name: "nodes").elements
        .compactMap(\.string)
    }
    returned = try object.string("returned")
    guard let name = try object.string("event") else { return }
    event = UserEventContent(
      name: try EventName(name), data: try object.eventData(), trace: try object.string("trace"))
  }
}

/// What one node answers to another.
enum NodeReply: Sendable {
  /// A JSON object, as the request would be answered with 200.
  case done([UInt8])
  case failed(HubError)

  func encode() -> [UInt8] {
    JSONWriter.object(capacity: 64) { json in
      switch self {
      case .done(let body): json.member("body", raw: body)
      case .failed(let error):
        json.member("code", error.code.rawValue)
        json.member("detail", error.detail)
      }
    }
  }

  /// Nil where it is not what a node of this version answers.
  init?(_ bytes: [UInt8]) {
    guard let object = try? JSONObject(parsing: bytes) else { return nil }
    if let body = try? object.present("body") {
      self = .done(Array(body.raw))
    } else if let code = try? object.string("code"), let code = ErrorCode(rawValue: code) {
      self = .failed(HubError(code, (try? object.string("detail")) ?? ""))
    } else {
      return nil
    }
  }
}
