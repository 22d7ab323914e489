/// A page of a room's history that a client asks for over its WebSocket.
package struct HistoryRequest: Sendable, Equatable {
  /// The most events in one answer.
  package static let maximumLimit = 1_000

  /// As the client wrote it.
  package let room: String
  /// As the client wrote it; never together with `last`.
  package let after: String?
  package let last: Int?
  package let limit: Int?

  package init(room: String, after: String? = nil, last: Int? = nil, limit: Int? = nil) {
    self.room = room
    self.after = after
    self.last = last
    self.limit = limit
  }

  /// - Throws: `INVALID_REQUEST`.
  init(_ object: JSONObject) throws(HubError) {
    room = try object.requiredString("room")
    after = try object.string("after")
    let allowed = 1...Int64(Self.maximumLimit)
    last = try object.integer("last", in: allowed).map { Int($0) }
    limit = try object.integer("limit", in: allowed).map { Int($0) }
    guard after == nil || last == nil else {
      throw HubError(.invalidRequest, "give `after` or `last`, not both")
    }
  }

  func write(to json: inout JSONWriter) {
    json.member("room", room)
    if let after { json.member("after", after) }
    if let last { json.member("last", last) }
    if let limit { json.member("limit", limit) }
  }
}
