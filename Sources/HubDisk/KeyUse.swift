import HubRooms
import HubWire

/// An idempotency key that was used, and what was answered.
struct KeyUse: Sendable {
  struct Name: Hashable, Sendable {
    let room: RoomName
    let principal: String
    let text: String
  }

  /// Of its row: keys used later have higher ones.
  let id: Int64
  let name: Name
  let digest: [UInt8]
  let position: Position?
  let subscribers: Int
  /// When, by the running clock.
  let used: Int64
}
