package import HubWire
import Synchronization

/// What a subscriber says who wants to be seen in the room: made only where somebody does.
///
/// Shared by the connection's reactor and the room's. The connection says first here that it has left, and then tells the
/// room: so a renewal that was under way meanwhile brings nobody back.
package final class Presence: Sendable {
  package let room: RoomName
  package let user: String
  /// A JSON object.
  package let info: [UInt8]?
  let key: PresenceKey
  private let left = Atomic<Bool>(false)

  private static let serials = Atomic<UInt64>(0)

  package init(room: RoomName, connection: ConnectionID, user: String, info: [UInt8]?) {
    self.room = room
    self.user = user
    self.info = info
    key = PresenceKey(
      connection: connection, serial: Self.serials.add(1, ordering: .relaxed).newValue)
  }

  var hasLeft: Bool { left.load(ordering: .acquiring) }

  /// - Returns: false where it had left before.
  func leave() -> Bool { !left.exchange(true, ordering: .acquiringAndReleasing) }
}
