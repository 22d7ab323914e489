import HubIO
import HubWire

@testable import HubRooms

/// Things to try rooms with.
enum Samples {
  static let room = room("room")

  static func room(_ name: String) -> RoomName {
    do { return try RoomName(name) } catch { preconditionFailure("\(error)") }
  }

  static func new(_ data: String = "1", isEphemeral: Bool = false) -> NewEvent {
    NewEvent(name: .message, data: .json(Array(data.utf8)), isEphemeral: isEphemeral)
  }

  static func event(_ offset: UInt64, time: Int64 = 0, data: String = "1", epoch: String = "e") -> Event {
    Event(new(data), room: room, position: Position(epoch: epoch, offset: offset), time: time)
  }

  static func ephemeral() -> Event {
    Event(new(isEphemeral: true), room: room, position: nil, time: 0)
  }

  static func key(_ text: String, digest: UInt8 = 0, principal: String = "") -> IdempotencyKey {
    IdempotencyKey(text: text, principal: principal, digest: [digest])
  }

  static func moment(_ seconds: Int) -> Moment { Moment(nanoseconds: Int64(seconds) * 1_000_000_000) }
}
