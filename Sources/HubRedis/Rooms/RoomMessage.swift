import HubRooms
import HubWire

/// What is published in a room's channel: a letter, and what belongs to it.
enum RoomMessage {
  /// - Returns: nil for what no node has sent.
  static func decode(_ message: [UInt8]) -> RoomArrival? {
    guard let kind = message.first else { return nil }
    let rest = message.dropFirst(2)
    switch kind {
    case UInt8(ascii: "E"): return event(rest)
    case UInt8(ascii: "e"):
      return EventRecord.decode(rest, isEphemeral: true).map { .ephemeral($0.event, time: $0.time) }
    case UInt8(ascii: "D"):
      let epoch = String(decoding: rest, as: UTF8.self)
      return .deleted(RoomPlace(newest: Position(epoch: epoch, offset: 0), oldest: 1))
    case UInt8(ascii: "R"): return .doubt
    case UInt8(ascii: "P"): return presence(rest)
    default: return nil
    }
  }

  /// `EPOCH OFFSET RECORD`
  private static func event(_ content: ArraySlice<UInt8>) -> RoomArrival? {
    guard let (epoch, afterEpoch) = word(content), let (number, record) = word(afterEpoch),
      let offset = UInt64(number), let (event, time) = EventRecord.decode(record)
    else { return nil }
    return .event(Position(epoch: epoch, offset: offset), event, time: time)
  }

  /// `VERSION + MEMBER` or `VERSION - FIELD`
  private static func presence(_ content: ArraySlice<UInt8>) -> RoomArrival? {
    guard let (number, afterVersion) = word(content), let version = UInt64(number),
      let (sign, rest) = word(afterVersion)
    else { return nil }
    switch sign {
    case "+": return MemberRecord.decode(rest).map { .presence(.entered($0), version: version) }
    case "-":
      return MemberRecord.key(String(decoding: rest, as: UTF8.self)).map { .presence(.left($0), version: version) }
    default: return nil
    }
  }

  /// What stands before the next space, and what stands behind it.
  private static func word(_ content: ArraySlice<UInt8>) -> (word: String, rest: ArraySlice<UInt8>)? {
    guard let space = content.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    return (String(decoding: content[..<space], as: UTF8.self), content[(space + 1)...])
  }
}
