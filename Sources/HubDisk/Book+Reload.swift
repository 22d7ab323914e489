import HubRooms
import HubWire

extension Book {
  /// Compares with a store that was opened anew: nobody knows what the last transaction came to.
  ///
  /// What rooms were told holds. Where the store has less than that, the room begins anew in another epoch, so that no
  /// position ever names two events. Where it has more, an event was taken that nobody was told of.
  mutating func reload(_ stored: StoredBook) {
    if stored.epoch != epoch { isEpochStored = false }
    storedClock = stored.clock
    keys.load(stored.keys)
    purging = Queue()
    for id in stored.purging { purging.append(id) }
    merge(stored)
    exceeding = NameQueue()
    for case let room? in rooms.slots where exceeds(room) { exceeding.add(room.name) }
  }

  private mutating func merge(_ stored: StoredBook) {
    let unwanted = Set(leaving.map { $0.id })
    leaving = stored.rooms.filter { unwanted.contains($0.id) }
    let rows = stored.rooms.filter { !unwanted.contains($0.id) }
    var unmatched = Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    var merged: [RoomRecord] = []
    var begun: [RoomRecord] = []
    var moved: [RoomName] = []
    for case let told? in rooms.slots {
      let row = unmatched.removeValue(forKey: told.name)
      if var row, row.epoch == told.epoch, row.newest >= told.newest {
        if row.idleSince != told.idleSince { moved.append(row.name) }
        row.idleSince = told.idleSince
        merged.append(row)
        continue
      }
      if let row {
        leaving.append(row)
        leave(row.epoch)
      }
      if told.isStored { leave(told.epoch) }
      // One that nobody uses is as if it had never been.
      if told.idleSince == nil { begun.append(told) }
    }
    merged += rows.filter { unmatched[$0.name] != nil }
    var nextID = max(stored.nextRoom, rooms.nextID)
    for told in begun {
      merged.append(RoomRecord(id: nextID, name: told.name, epoch: told.isStored ? epoch : told.epoch))
      nextID += 1
    }
    rooms.load(merged, nextID: nextID)
    for name in moved { rooms.moved.add(name) }
  }
}
