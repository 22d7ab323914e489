import HubRooms
import HubWire

/// A room as the book has it, and the store once it has a row there.
struct RoomRecord: Sendable, Equatable {
  /// Of its row; never used for another room, nor for another epoch.
  var id: Int64
  let name: RoomName
  var epoch: String
  var newest: UInt64 = 0
  /// The oldest event that is kept; one past the newest where none is.
  var oldest: UInt64 = 1
  /// What its events take.
  var bytes = 0
  /// When the oldest event was published; nil where none is kept.
  var oldestTime: Int64?
  /// Since when nobody uses it: when it left the node, or lost its last event after that, by the running clock. Nil while
  /// it is open.
  var idleSince: Int64?
  /// Whether it has a row.
  var isStored = false

  var count: UInt64 { newest + 1 - oldest }
  var isEmpty: Bool { oldest > newest }

  /// Whether it has been idle since then, with or without events.
  func isIdle(since: Int64, empty: Bool) -> Bool { idleSince == since && isEmpty == empty }

  var position: Position { Position(epoch: epoch, offset: newest) }
  var place: RoomPlace { RoomPlace(newest: position, oldest: oldest) }
}
