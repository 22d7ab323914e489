import HubRooms
import HubWire

/// Rooms that nobody uses, the longest unused first: a pure value.
///
/// An entry counts only while the room's own record says the same; others are skipped when they come to the front.
struct IdleRooms {
  private var entries: Queue<(name: RoomName, since: Int64)> = Queue()
  /// How many of them count.
  private(set) var count = 0

  mutating func add(_ name: RoomName, since: Int64) {
    entries.append((name, since))
    count += 1
  }

  /// The room's entry counts no longer.
  mutating func remove() {
    count -= 1
  }

  /// The longest unused room.
  mutating func first(isCurrent: (RoomName, Int64) -> Bool) -> (name: RoomName, since: Int64)? {
    while let entry = entries.first {
      if isCurrent(entry.name, entry.since) { return entry }
      entries.removeFirst()
    }
    return nil
  }

  /// A room that opens and closes again and again leaves an entry each time behind one that stays.
  mutating func compact(isCurrent: (RoomName, Int64) -> Bool) {
    guard entries.count > 2 * count + 64 else { return }
    entries.removeAll { !isCurrent($0.name, $0.since) }
  }
}
