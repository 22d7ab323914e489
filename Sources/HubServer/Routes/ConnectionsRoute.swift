import HubIO
import HubRooms
import HubWire

/// `/v1/connections` and what is below it: streams of this node, looked at and handled from the server's side.
struct ConnectionsRoute {
  let worker: Worker

  static let gone = HubError(.notFound, "there is no such connection")

  /// A page of streams, by their ids.
  ///
  /// - Parameter user: the one of the path; nil where the query may name one.
  func list(_ query: HTTPQuery, of user: String? = nil) async throws(HubError) -> [UInt8] {
    var page = StreamPage(try streamQuery(query, user))
    for sibling in worker.siblings {
      let wanted = page.query
      for stream in await sibling.perform({ await $0.page(wanted) }).streams { page.note(stream) }
    }
    return JSONWriter.object(capacity: 64 + 224 * page.page.count) { json in
      json.key("connections")
      json.array(Array(page.page)) { json, stream in
        json.beginObject()
        write(stream, to: &json)
        json.endObject()
      }
      if let next = page.next { json.member("cursor", next.description) }
    }
  }

  private func streamQuery(_ query: HTTPQuery, _ user: String?) throws(HubError) -> StreamQuery {
    var result = StreamQuery(limit: try query.pageLimit)
    if let cursor = query["cursor"] {
      guard let id = ConnectionID(cursor) else {
        throw HubError(.invalidRequest, "`cursor` must be the one that the page before told")
      }
      result.after = id
    }
    if let user {
      result.user = user
      return result
    }
    result.user = query["user"]
    if result.user == "" { throw HubError(.invalidRequest, "`user` is empty") }
    result.room = try query["room"].map { text throws(HubError) in try RoomName(text) }
    return result
  }

  func one(_ id: ConnectionID) async throws(HubError) -> [UInt8] {
    let connection = try await find(id)
    let (summary, rooms) = await connection.management { ($0.summary(), $0.roomNames) }
    guard let summary else { throw Self.gone }
    return JSONWriter.object(capacity: 224 + rooms.count * 32) { json in
      write(summary, to: &json)
      json.key("rooms")
      json.array(rooms) { $0.string($1.text) }
    }
  }

  func close(_ id: ConnectionID, _ query: HTTPQuery) async throws(HubError) -> [UInt8] {
    let code = try UsersRoute.code(query) ?? ErrorCode.engineUnavailable.closeCode
    let reason = try UsersRoute.reason(query) ?? "closed"
    let connection = try await find(id)
    guard await connection.management({ $0.end(code: code, reason: reason) }) else { throw Self.gone }
    return JSONWriter.object { json in
      json.member("connection", id.description)
      json.member("closed", true)
    }
  }

  func subscribe(_ id: ConnectionID, to room: RoomName) async throws(HubError) -> [UInt8] {
    try await find(id).assign(room)
    return Self.body(id, room, isSubscribed: true)
  }

  func unsubscribe(_ id: ConnectionID, from room: RoomName) async throws(HubError) -> [UInt8] {
    try await find(id).withdraw(room)
    return Self.body(id, room, isSubscribed: false)
  }

  private static func body(_ id: ConnectionID, _ room: RoomName, isSubscribed: Bool) -> [UInt8] {
    JSONWriter.object { json in
      json.member("connection", id.description)
      json.member("room", room.text)
      json.member("subscribed", isSubscribed)
    }
  }

  /// - Throws: `NOT_FOUND`.
  private func find(_ id: ConnectionID) async throws(HubError) -> Connection {
    for sibling in worker.siblings {
      if let connection = await sibling.perform({ await $0.stream(id) }) { return connection }
    }
    throw Self.gone
  }

  private func write(_ stream: StreamSummary, to json: inout JSONWriter) {
    json.member("connection", stream.id.description)
    json.member("node", worker.node.name)
    json.member("kind", stream.kind.rawValue)
    if let user = stream.user { json.member("user", user) }
    json.member("address", stream.address.description)
    json.member("subscriptions", stream.subscriptions)
  }
}

extension Connection {
  /// Runs `body` on the connection, in one step.
  fileprivate func management<Result: Sendable>(
    _ body: @Sendable (isolated Connection) -> Result
  ) -> Result {
    body(self)
  }
}
