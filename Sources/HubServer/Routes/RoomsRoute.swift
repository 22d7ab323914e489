import HubRooms
import HubWire

/// `/v1/rooms` and `/v1/rooms/{room}`: what is going on.
struct RoomsRoute {
  let node: Node

  /// Rooms with subscribers or members, by name, a page at a time; `cursor` is the last name of the page before.
  func list(_ request: HTTPRequest) async throws(HubError) -> Reply {
    let query = try HTTPQuery(request.query)
    let limit = try query.number(.limit) ?? 100
    let prefix = query["prefix"] ?? ""
    var rooms: [RoomSummary] = []
    for home in node.directory.homes {
      rooms += await home.summaries(prefix: prefix, after: query["cursor"], limit: limit + 1)
    }
    rooms.sort { $0.name.text < $1.name.text }
    let page = rooms.prefix(limit)
    let body = JSONWriter.object(capacity: 64 + 160 * page.count) { json in
      json.key("rooms")
      json.beginArray()
      for room in page { json.raw(Self.body(room)) }
      json.endArray()
      if rooms.count > limit, let last = page.last { json.member("cursor", last.name.text) }
    }
    return .quiet(.json(200, body))
  }

  func one(_ room: RoomName) async throws(HubError) -> Reply {
    .quiet(.json(200, Self.body(try await node.directory.home(of: room).summary(room))))
  }

  /// Unsubscribes everybody and drops what is kept; a room that nobody knows is gone already.
  func delete(_ room: RoomName) async throws(HubError) -> Reply {
    try await node.directory.home(of: room).delete(room)
    let body = JSONWriter.object { json in
      json.member("room", room.text)
      json.member("deleted", true)
    }
    return .response(.json(200, body))
  }

  private static func body(_ room: RoomSummary) -> [UInt8] {
    JSONWriter.object(capacity: 256) { json in
      json.member("room", room.name.text)
      json.member("subscribers", room.subscribers)
      json.member("members", room.members)
      json.member("position", room.position)
      json.key("history")
      json.beginObject()
      json.member("events", room.events)
      json.member("bytes", room.bytes)
      if room.events > 0 {
        json.member("earliest", Position(epoch: room.position.epoch, offset: room.oldest - 1))
        if let since = room.oldestTime { json.member("since", since) }
      }
      json.endObject()
    }
  }
}
