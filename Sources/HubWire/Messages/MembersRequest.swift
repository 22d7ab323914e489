/// A page of a room's members that a client asks for over its WebSocket.
package struct MembersRequest: Sendable, Equatable {
  /// The most members in one answer.
  package static let maximumLimit = 1_000

  /// As the client wrote it.
  package let room: String
  package let limit: Int?
  /// Where the page before ended.
  package let cursor: UInt64?

  package init(room: String, limit: Int? = nil, cursor: UInt64? = nil) {
    self.room = room
    self.limit = limit
    self.cursor = cursor
  }

  /// - Throws: `INVALID_REQUEST`.
  init(_ object: JSONObject) throws(HubError) {
    room = try object.requiredString("room")
    limit = try object.integer("limit", in: 1...Int64(Self.maximumLimit)).map { Int($0) }
    cursor = try object.string("cursor").map { text throws(HubError) in try Self.cursor(text) }
  }

  /// A cursor as an answer gave it.
  ///
  /// - Throws: `INVALID_REQUEST`.
  package static func cursor(_ text: String) throws(HubError) -> UInt64 {
    guard text.utf8.first != UInt8(ascii: "+"), let cursor = UInt64(text) else {
      throw HubError(.invalidRequest, "`cursor` is none that the hub has given; take it from the answer before")
    }
    return cursor
  }

  func write(to json: inout JSONWriter) {
    json.member("room", room)
    if let limit { json.member("limit", limit) }
    if let cursor { json.member("cursor", String(cursor)) }
  }
}
