/// What a token says (RFC 7519 section 4.1, and the hub's own claim `roomcast`).
///
/// Only its form is checked here; whether it is in time and meant for this hub is for who asks to say.
package struct TokenClaims: Sendable, Equatable {
  /// The longest name of a user, in bytes.
  package static let maximumSubjectBytes = 200
  /// How many rooms or patterns one list may have.
  package static let maximumElements = 1_024

  /// Whom the token stands for.
  package let subject: String
  /// The whole second from which on it has expired, since 1970.
  package let expires: Int64
  /// The whole second from which on it is valid.
  package let notBefore: Int64?
  /// The whole second in which it was issued.
  package let issued: Int64?
  /// Whom it is meant for.
  package let audience: [String]
  package let issuer: String?
  package let subscribe: [RoomPattern]
  package let publish: [RoomPattern]
  package let presence: [RoomPattern]
  /// What is subscribed for the client at once, and which it may read therefore.
  package let rooms: [RoomName]

  /// - Throws: `INVALID_JSON`, or `INVALID_REQUEST` naming the claim.
  init(_ payload: [UInt8]) throws(HubError) {
    let object = try JSONObject(parsing: payload, maximumDepth: JSONWebToken.maximumDepth)
    try object.refuseDoubledKeys()
    subject = try Self.subject(object)
    guard let expires = try object.date("exp") else { throw object.missing("exp") }
    self.expires = Int64(expires.rounded(.down))
    // Rounded to where the token is refused: a fraction of a second never lets anybody in who is not meant yet.
    notBefore = try object.date("nbf").map { Int64($0.rounded(.up)) }
    issued = try object.date("iat").map { Int64($0.rounded(.down)) }
    audience = try object.texts("aud")
    issuer = try object.string("iss")
    guard let own = try object.present("roomcast") else {
      (subscribe, publish, presence, rooms) = ([], [], [], [])
      return
    }
    let roomcast = try JSONObject(own, name: "roomcast")
    try roomcast.refuseDoubledKeys()
    subscribe = try roomcast.list("subscribe", RoomPattern.init)
    publish = try roomcast.list("publish", RoomPattern.init)
    presence = try roomcast.list("presence", RoomPattern.init)
    rooms = try roomcast.list("rooms", RoomName.init)
  }

  private static func subject(_ object: JSONObject) throws(HubError) -> String {
    guard let subject = try object.string("sub", maximum: maximumSubjectBytes) else { throw object.missing("sub") }
    guard !subject.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw HubError(.invalidRequest, "`sub` holds a control character")
    }
    return subject
  }
}

extension JSONObject {
  /// A NumericDate (RFC 7519 section 2): seconds since 1970, with or without a fraction.
  fileprivate func date(_ key: StaticString) throws(HubError) -> Double? {
    guard let value = try present(key) else { return nil }
    guard value.kind == .number else { throw wrong(key, value, "a number") }
    guard let seconds = Double(String(decoding: value.raw, as: UTF8.self)), (0...0x1p53).contains(seconds) else {
      throw HubError(.invalidRequest, "`\(key)` is not a number of seconds since 1970")
    }
    return seconds
  }

  /// One string, or an array of them (RFC 7519 section 4.1.3).
  fileprivate func texts(_ key: StaticString) throws(HubError) -> [String] {
    guard let value = try present(key) else { return [] }
    if value.kind == .string { return try string(key).map { [$0] } ?? [] }
    return try list(key) { text throws(HubError) in text }
  }

  /// An array of strings, each read by `read`; nothing where the member is missing.
  fileprivate func list<Element>(
    _ key: StaticString, _ read: (String) throws(HubError) -> Element
  ) throws(HubError) -> [Element] {
    guard let value = try present(key) else { return [] }
    let array = try JSONArray(value, maximum: TokenClaims.maximumElements, name: "\(path)\(key)")
    var elements: [Element] = []
    elements.reserveCapacity(array.elements.count)
    for (index, element) in array.elements.enumerated() {
      guard let text = element.string else {
        throw HubError(.invalidRequest, "`\(path)\(key)[\(index)]` is no text")
      }
      do throws(HubError) {
        elements.append(try read(text))
      } catch {
        throw HubError(.invalidRequest, "`\(path)\(key)[\(index)]`: \(error.detail)")
      }
    }
    return elements
  }
}
