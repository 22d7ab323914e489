import HubWire

@testable import HubDisk

/// What the tables would say after each commit.
struct ModelStore {
  var stored = StoredBook(epoch: "first", clock: 0, rooms: [], keys: [], purging: [], nextRoom: 1)
  /// What a table would have refused.
  private(set) var problem: String?

  mutating func commit(_ plan: WritePlan) {
    for room in plan.gone {
      stored.rooms.removeAll { $0.id == room.id }
      if !room.isEmpty { stored.purging.append(room.id) }
    }
    if plan.isPurged { stored.purging.removeFirst() }
    if let epoch = plan.epoch { stored.epoch = epoch }
    for (index, room) in plan.rooms.enumerated() where plan.isChanged[index] { write(room) }
    stored.keys += plan.keys.added
    if let drop = plan.drop { stored.keys.removeAll { $0.name.room == drop.fresh.name } }
    if let last = plan.keys.droppedThrough { stored.keys.removeAll { $0.id <= last } }
    stored.clock = plan.clock
    stored.nextRoom = (stored.rooms.map { $0.id } + stored.purging).reduce(0, max) + 1
  }

  private mutating func write(_ room: RoomRecord) {
    var row = room
    row.isStored = true
    if let index = stored.rooms.firstIndex(where: { $0.id == room.id }) {
      if !room.isStored { problem = "the room \(room.name) is made twice" }
      stored.rooms[index] = row
    } else {
      if room.isStored { problem = "the room \(room.name) has no row to change" }
      if stored.rooms.contains(where: { $0.name == room.name }) { problem = "\(room.name) has two rows" }
      if stored.purging.contains(room.id) { problem = "the identifier \(room.id) is used again" }
      stored.rooms.append(row)
    }
  }

  /// As it is read when the store is opened.
  var reopened: StoredBook {
    var book = stored
    for index in book.rooms.indices { book.rooms[index].idleSince = book.rooms[index].idleSince ?? book.clock }
    return book
  }
}
