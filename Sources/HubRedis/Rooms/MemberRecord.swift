import HubRooms
import HubWire

/// A member as it stands in a room's hash of members: `NODE CONNECTION SERIAL LENGTH`, a line break, the user's name of
/// that length, and what the user tells.
enum MemberRecord {
  /// The field of the hash.
  static func field(_ key: PresenceKey) -> String { "\(key.connection) \(key.serial)" }

  static func key(_ field: String) -> PresenceKey? {
    let parts = field.split(separator: " ")
    guard parts.count == 2, let connection = ConnectionID(parts[0]), let serial = UInt64(parts[1]) else { return nil }
    return PresenceKey(connection: connection, serial: serial)
  }

  static func encode(_ member: SharedMember) -> [UInt8] {
    Array("\(member.node) \(field(member.key)) \(member.user.utf8.count)\n\(member.user)".utf8) + (member.info ?? [])
  }

  /// Nil for what no node has written.
  static func decode(_ record: ArraySlice<UInt8>) -> SharedMember? {
    guard let end = record.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let head = String(decoding: record[..<end], as: UTF8.self).split(separator: " ")
    let rest = record[(end + 1)...]
    guard head.count == 4, let key = key(head[1] + " " + head[2]), let length = Int(head[3]),
      (0...rest.count).contains(length)
    else { return nil }
    let info = rest.dropFirst(length)
    return SharedMember(
      node: String(head[0]), key: key, user: String(decoding: rest.prefix(length), as: UTF8.self),
      info: info.isEmpty ? nil : Array(info))
  }
}
