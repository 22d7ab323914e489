import HubRooms
import HubWire

/// `/v1/rooms` and `/v1/rooms/{room}`: what is going on.
struct RoomsRoute {
  let node: Node

  /// Rooms with subscribers or members, by name, a page at a time; `cursor` is the last name of the page before.
  func list(_ query: HTTPQuery) async throws(HubError) -> [UInt8] {
    let limit = try query.pageLimit
    let prefix = query["prefix"] ?? ""
    var rooms: [RoomSummary] = []
    for home in node.directory.homes {
      rooms += await home.summaries(prefix: prefix, after: query["cursor"], limit: limit + 1)
    }
    rooms.sort { $0.name.text < $1.name.text }
    let page = rooms.prefix(limit)
    return JSONWriter.object(capacity: 64 + 160 * page.count) { json in
      json.key("rooms")
      json.beginArray()
      for room in page { json.raw(Self.body(room)) }
      json.endArray()
      if rooms.count > limit, let last = page.last { json.member("cursor", last.name.text) }
    }
  }

  func one(_ room: RoomName) async throws(HubError) -> [UInt8] {
    Self.body(try await node.directory.home(of: room).summary(room))
  }

  /// How many there are here, for another node that asks; the room is not opened for that.
  func subscribers(of room: RoomName) async -> [UInt8] {
    let count = await node.directory.home(of: room).standing(of: room)?.subscribers ?? 0
    return JSONWriter.object { $0.member("subscribers", count) }
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
