import HubRooms
import HubWire

/// What the next transaction of an import writes.
struct ImportBatch {
  private(set) var events: ContiguousArray<(row: WritePlan.NewRow, room: Int64)> = []
  /// Rooms whose rows change.
  var rooms: Set<RoomName> = []
  private var bytes = 0

  var isEmpty: Bool { rooms.isEmpty }
  /// Large enough that the disk's time to make it last is small beside the rest.
  var isFull: Bool { events.count >= 4096 || bytes >= 8 << 20 || rooms.count >= 4096 }

  /// - Parameter room: the identifier of its row.
  mutating func add(_ append: NewAppend, at offset: UInt64, room: Int64) {
    events.append((WritePlan.NewRow(room: 0, offset: offset, append: append), room))
    bytes += append.size
  }
}
