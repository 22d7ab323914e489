import HubRooms
import HubWire

extension Store {
  /// Reads all but the events.
  func load() throws(SQLiteError) -> StoredBook {
    let epoch = try database.prepare("SELECT value FROM store WHERE key = 'epoch'")
    guard try epoch.step() else { throw SQLiteError(damage: "the store has no epoch") }
    let clock = try database.integer("SELECT value FROM store WHERE key = 'clock'") ?? 0
    let last =
      try database.integer("SELECT max(id) FROM (SELECT id FROM rooms UNION ALL SELECT id FROM dropped_rooms)") ?? 0
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
    let select = try database.prepare(
      "SELECT id, name, epoch, newest, oldest, bytes, oldest_time, idle_since FROM rooms ORDER BY id")
    var rooms: [RoomRecord] = []
    while try select.step() {
      var room = RoomRecord(id: select.integer(0), name: try Self.room(select.text(1)), epoch: select.text(2))
      room.newest = select.offset(3)
      room.oldest = select.offset(4)
      room.bytes = Int(select.integer(5))
      room.oldestTime = select.optionalInteger(6)
      // One that was open when the last run ended has been unused since then.
      room.idleSince = select.optionalInteger(7) ?? clock
      room.isStored = true
      guard room.oldest >= 1, room.oldest <= room.newest + 1 else {
        throw SQLiteError(damage: "the room \(room.name) has events \(room.oldest) to \(room.newest)")
      }
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
      let position = select.optionalText(5).map { Position(epoch: $0, offset: select.offset(6)) }
      let name = KeyUse.Name(room: try Self.room(select.text(1)), principal: select.text(2), text: select.text(3))
      keys.append(
        KeyUse(
          id: select.integer(0), name: name, digest: select.bytes(4), position: position,
          subscribers: Int(select.integer(7)), used: select.integer(8)))
    }
    return keys
  }

  private static func room(_ name: String) throws(SQLiteError) -> RoomName {
    do throws(HubError) {
      return try RoomName(name)
    } catch {
      throw SQLiteError(damage: "\"\(name)\" names no room")
    }
  }
}
