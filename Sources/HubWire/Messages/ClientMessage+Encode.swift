/// The client's side of the same messages: what this writes, ``ClientMessage/parse(_:maximumRooms:)`` reads.
extension ClientMessage {
  /// The message as JSON, for one text frame.
  package func encode() -> [UInt8] {
    switch self {
    case .subscribe(let id, let rooms, let many):
      Self.frame(.subscribe, id) { json in
        if many {
          json.key("rooms")
          json.beginArray()
          for room in rooms { json.raw(JSONWriter.object { room.write(to: &$0) }) }
          json.endArray()
        } else {
          for room in rooms.prefix(1) { room.write(to: &json) }
        }
      }
    case .unsubscribe(let id, let room): Self.frame(.unsubscribe, id) { $0.member("room", room) }
    case .publish(let id, let request):
      Self.frame(.publish, id, capacity: 256 + request.data.count) { request.write(to: &$0) }
    case .history(let id, let request): Self.frame(.history, id) { request.write(to: &$0) }
    case .members(let id, let request): Self.frame(.members, id) { request.write(to: &$0) }
    case .auth(let id, let token):
      Self.frame(.auth, id, capacity: 64 + token.utf8.count) { $0.member("token", token) }
    case .ping(let id): Self.frame(.ping, id) { _ in }
    }
  }

  private static func frame(
    _ kind: Kind, _ id: RequestID?, capacity: Int = 128, _ members: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    JSONWriter.object(capacity: capacity) { json in
      json.member("type", kind.rawValue)
      if let id { json.member("id", raw: id.json) }
      members(&json)
    }
  }
}
