import HubRooms
import HubWire

extension Store {
  /// Reads all but the events.
  func load() throws(SQLiteError) -> StoredBook {
    let epoch = try database.prepare("SELECT value FROM store WHERE key = 'epoch'")
    guard try epoch.step() else { throw SQLiteError(damage: "the store has no epoch") }
    guard RoomRow.position(epoch.text(0), 0) != nil else {
      throw SQLiteError(damage: "the store's epoch is \"\(epoch.text(0))\"")
    }
    let clock = try database.integer("SELECT value FROM store WHERE key = 'clock'") ?? 0
    guard RoomRow.numbers.contains(clock) else { throw SQLiteError(damage: "the store's clock shows \(clock)") }
    let last =
      try database.integer("SELECT max(id) FROM (SELECT id FROM rooms UNION ALL SELECT id FROM dropped_rooms)") ?? 0
    guard last <= RoomRow.numbers.upperBound else { throw SQLiteError(damage: "a room has the `id` \(last)") }
    return StoredBook(
      epoch: epoch.text(0), clock: clock, rooms: try rooms(clock), keys: try keys(), purging: try purging(),
      nextRoom: last + 1)
  }

  private func purging() throws(SQLiteError) -> [Int64] {
    let select = try database.prepare("SELECT id FROM dropped_rooms ORDER BY id")
    var ids: [Int64] = []
    while try select.step() { ids.append(select.integer(0)) }
    return ids
  }

  private func rooms(_ clock: Int64) throws(SQLiteError) -> [RoomRecord] {
    let select = try database.prepare("SELECT \(RoomRow.columns) FROM rooms ORDER BY id")
    var rooms: [RoomRecord] = []
    while try select.step() {
      let row = RoomRow(select)
      if let fault = row.faults.first { throw SQLiteError(damage: "the room \(row.name): \(fault)") }
      var room = RoomRecord(id: row.id, name: try Self.room(row.name), epoch: row.epoch)
      room.newest = UInt64(row.newest)
      room.oldest = UInt64(row.oldest)
      room.bytes = Int(row.bytes)
      room.oldestTime = row.oldestTime
      // One that was open when the last run ended has been unused since then.
      room.idleSince = row.idleSince ?? clock
      room.isStored = true
      rooms.append(room)
    }
    return rooms
  }

  private func keys() throws(SQLiteError) -> [KeyUse] {
    let select = try database.prepare(
      """
      SELECT id, room, principal, key, digest, epoch, offset, subscribers, used FROM idempotency_keys ORDER BY id
      """)
    var keys: [KeyUse] = []
    while try select.step() {
      let (id, used) = (select.integer(0), select.integer(8))
      guard RoomRow.numbers.contains(id), RoomRow.numbers.contains(used) else {
        throw SQLiteError(damage: "the idempotency key in row \(id) was used at \(used)")
      }
      let position = try select.optionalText(5).map { epoch throws(SQLiteError) in
        try Self.position(epoch, select.integer(6), key: id)
      }
      let name = KeyUse.Name(room: try Self.room(select.text(1)), principal: select.text(2), text: select.text(3))
      keys.append(
        KeyUse(
          id: id, name: name, digest: select.bytes(4), position: position,
          subscribers: Int(select.integer(7)), used: used))
    }
    return keys
  }

  private static func position(_ epoch: String, _ offset: Int64, key: Int64) throws(SQLiteError) -> Position {
    guard offset > 0, RoomRow.numbers.contains(offset), let position = RoomRow.position(epoch, offset) else {
      throw SQLiteError(damage: "the idempotency key in row \(key) has the position \(epoch)-\(offset)")
    }
    return position
  }

  private static func room(_ name: String) throws(SQLiteError) -> RoomName {
    do throws(HubError) {
      return try RoomName(name)
    } catch {
      throw SQLiteError(damage: "\"\(name)\" names no room")
    }
  }
}
