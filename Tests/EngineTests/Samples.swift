import HubDisk
import HubIO
import HubRooms
import HubTesting
import HubWire

/// Things to try engines with.
enum Samples {
  static func room(_ name: String) -> RoomName {
    do { return try RoomName(name) } catch { preconditionFailure("\(error)") }
  }

  static func append(
    _ data: String = "1", key: String? = nil, digest: UInt8 = 0, principal: String = "", subscribers: Int = 0,
    isEphemeral: Bool = false, time: Int64 = 0
  ) -> NewAppend {
    NewAppend(
      event: NewEvent(name: .message, data: .json(Array(data.utf8)), isEphemeral: isEphemeral),
      key: key.map { IdempotencyKey(text: $0, principal: principal, digest: [digest]) }, subscribers: subscribers,
      time: time)
  }

  /// Events with all that an event can have.
  static func event(_ random: inout SeededRandom) throws -> NewEvent {
    let data: EventData =
      switch random.number(in: 0..<3) {
      case 0: .json(Array("{\"n\":\(random.number(in: 0..<1000)),\"t\":\"é\"}".utf8))
      case 1: EventData(bytes: (0..<random.number(in: 0..<600)).map { UInt8(truncatingIfNeeded: $0) })
      default: .json(Array(("\"" + String(repeating: "x", count: random.number(in: 0..<9000)) + "\"").utf8))
      }
    return NewEvent(
      name: try EventName(["message", "été"][random.number(in: 0..<2)]), data: data,
      user: random.once(in: 2) ? "an\u{0}n" : nil,
      excluded: random.once(in: 2) ? ConnectionID(high: random.next(), low: random.next()) : nil,
      trace: random.once(in: 2) ? "00-\(random.next())" : nil)
  }

  static func moment(_ seconds: Int) -> Moment { Moment(nanoseconds: Int64(seconds) * 1_000_000_000) }

  /// Small bounds, so that they are met.
  static var limits: DiskLimits {
    var limits = DiskLimits()
    limits.roomAge = .seconds(50)
    limits.remember = .seconds(100)
    limits.rememberedRooms = 100
    limits.idempotency = .seconds(10)
    limits.idempotencyKeys = 100
    return limits
  }
}

extension Result where Success == Appended, Failure == HubError {
  /// Of an event that was taken now.
  var fresh: Position? {
    if case .success(.fresh(let position)) = self { position } else { nil }
  }

  var code: ErrorCode? {
    if case .failure(let error) = self { error.code } else { nil }
  }
}
