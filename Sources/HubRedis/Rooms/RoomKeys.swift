import HubRooms
import HubWire

/// What belongs to a room is named like this in Redis. The braces make all of it live on one server of a cluster.
struct RoomKeys {
  /// Also the name of the channel.
  let base: String

  init(_ room: RoomName, prefix: String) {
    base = prefix + ":{" + room.text + "}"
  }

  var channel: String { base }
  var room: String { base + ":room" }
  var events: String { base + ":events" }
  var members: String { base + ":members" }

  /// The principal's length keeps one that ends like a key from being taken for another.
  func key(_ key: IdempotencyKey) -> String {
    base + ":key:\(key.principal.utf8.count):" + key.principal + ":" + key.text
  }

  /// The room whose channel it is.
  static func room(ofChannel channel: String, prefix: String) -> RoomName? {
    let begin = prefix + ":{"
    guard channel.hasPrefix(begin), channel.hasSuffix("}") else { return nil }
    return try? RoomName(String(channel.dropFirst(begin.utf8.count).dropLast()))
  }
}
