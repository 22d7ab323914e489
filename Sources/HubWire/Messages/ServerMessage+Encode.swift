/// The frames that are not events, as JSON: a listener frames them for WebSocket, and server-sent events carry some.
extension ServerMessage {
  /// Always the first frame. `ping` is in seconds.
  package static func encodeWelcome(connection: ConnectionID, node: String, ping: Int, user: String?) -> [UInt8] {
    frame(.welcome) { json in
      json.member("connection", connection.description)
      json.member("node", node)
      json.member("ping", ping)
      if let user { json.member("user", user) }
    }
  }

  /// The answer to `auth`: who the client is now, and when the token ends (seconds since 1970).
  package static func encodeAuthenticated(id: RequestID?, user: String?, expires: Int64?) -> [UInt8] {
    frame(.authenticated, id: id) { json in
      if let user { json.member("user", user) }
      if let expires { json.member("expires", expires) }
    }
  }

  /// - Parameters:
  ///   - recovered: given exactly when the request said `after`.
  ///   - members: a JSON array of the first members, where presence is on.
  ///   - count: how many there are in all.
  ///   - cursor: where the next page begins, where there is one.
  ///   - connection: told in server-sent events, which have no `welcome`.
  package static func encodeSubscribed(
    id: RequestID?, room: RoomName, position: Position, recovered: Bool?, newest: Position? = nil,
    members: [UInt8]? = nil, count: Int? = nil, cursor: UInt64? = nil, connection: ConnectionID? = nil, ping: Int? = nil
  ) -> [UInt8] {
    frame(.subscribed, id: id, room: room, capacity: 160 + (members?.count ?? 0)) { json in
      json.member("position", position)
      if let recovered { json.member("recovered", recovered) }
      if let newest { json.member("newest", newest) }
      if let members { put(members: members, count: count, cursor: cursor, to: &json) }
      if let connection { json.member("connection", connection.description) }
      if let ping { json.member("ping", ping) }
    }
  }

  /// What an excluded connection gets in an event's place.
  package static func encodeSkip(room: RoomName, position: Position) -> [UInt8] {
    frame(.skip, room: room) { json in
      json.member("offset", position.offset)
      json.member("position", position)
    }
  }

  /// - Parameters:
  ///   - from: the last position that the subscriber got.
  ///   - position: the last one that it missed.
  package static func encodeGap(room: RoomName, from: Position, position: Position) -> [UInt8] {
    frame(.gap, room: room) { json in
      json.member("from", from)
      json.member("position", position)
    }
  }

  /// A member; `info` is a JSON object. `join` and `leave` show it without its connections, lists with them.
  package static func encodeMember(user: String, info: [UInt8]?, connections: Int? = nil) -> [UInt8] {
    JSONWriter.object { json in
      json.member("user", user)
      if let info { json.member("info", raw: info) }
      if let connections { json.member("connections", connections) }
    }
  }

  /// `member` is what ``encodeMember(user:info:)`` made.
  package static func encodeJoin(room: RoomName, member: [UInt8]) -> [UInt8] {
    frame(.join, room: room) { $0.member("member", raw: member) }
  }

  /// `member` is what ``encodeMember(user:info:)`` made.
  package static func encodeLeave(room: RoomName, member: [UInt8]) -> [UInt8] {
    frame(.leave, room: room) { $0.member("member", raw: member) }
  }

  /// `members` is a JSON array of what ``encodeMember(user:info:)`` makes; without `id` it is sent unasked, after a
  /// gap.
  package static func encodeMembers(
    id: RequestID?, room: RoomName, members: [UInt8], count: Int? = nil, cursor: UInt64? = nil
  ) -> [UInt8] {
    frame(.members, id: id, room: room, capacity: 128 + members.count) { json in
      put(members: members, count: count, cursor: cursor, to: &json)
    }
  }

  /// The body of the same answer over HTTP: without `type` and `id`.
  package static func membersBody(room: RoomName, members: [UInt8], count: Int, cursor: UInt64?) -> [UInt8] {
    JSONWriter.object(capacity: 128 + members.count) { json in
      json.member("room", room.text)
      put(members: members, count: count, cursor: cursor, to: &json)
    }
  }

  private static func put(members: [UInt8], count: Int?, cursor: UInt64?, to json: inout JSONWriter) {
    json.member("members", raw: members)
    if let count { json.member("count", count) }
    if let cursor { json.member("cursor", String(cursor)) }
  }

  /// `code` says why, where the client did not ask for it.
  package static func encodeUnsubscribed(id: RequestID?, room: RoomName, code: ErrorCode? = nil) -> [UInt8] {
    frame(.unsubscribed, id: id, room: room) { json in
      if let code { json.member("code", code.rawValue) }
    }
  }

  /// An ephemeral event has no position, and neither has one that the engine has not got: `queued` says what becomes of it.
  package static func encodePublished(
    id: RequestID?, room: RoomName, position: Position?, duplicate: Bool, queued: Bool? = nil
  ) -> [UInt8] {
    frame(.published, id: id, room: room) { json in
      if let position {
        json.member("position", position)
        json.member("offset", position.offset)
      }
      json.member("duplicate", duplicate)
      if let queued { json.member("queued", queued) }
    }
  }

  /// Draining: come back in that many milliseconds.
  package static func encodeReconnect(delay: Int) -> [UInt8] {
    frame(.reconnect) { $0.member("delay", delay) }
  }

  /// - Parameter room: as the client wrote it, where one request named several, so that it can tell which one failed.
  package static func encodeError(id: RequestID?, room: String? = nil, _ error: HubError) -> [UInt8] {
    frame(.error, id: id, capacity: 160 + error.detail.utf8.count) { json in
      if let room { json.member("room", room) }
      json.member("code", error.code.rawValue)
      json.member("detail", error.detail)
      json.member("temporary", error.code.isTemporary)
    }
  }

  package static func encodePong(id: RequestID?) -> [UInt8] {
    frame(.pong, id: id) { _ in }
  }

  static func frame(
    _ kind: Kind, id: RequestID? = nil, room: RoomName? = nil, capacity: Int = 192,
    _ members: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    JSONWriter.object(capacity: capacity) { json in
      json.member("type", kind.rawValue)
      if let id { json.member("id", raw: id.json) }
      if let room { json.member("room", room.text) }
      members(&json)
    }
  }
}
