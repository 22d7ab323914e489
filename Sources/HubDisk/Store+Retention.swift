extension Store {
  /// Drops a room's oldest events as `trim` says, `limit` at most, and changes the record to what is left.
  ///
  /// - Returns: how many went.
  func trim(_ room: inout RoomRecord, _ trim: Trim, limit: Int) throws(SQLiteError) -> Int {
    var trim = trim
    var dropped = 0
    var left: Int64?
    selectOldest.bind(1, room.id)
    selectOldest.bind(2, Int64(limit + 1))
    defer { selectOldest.reset() }
    while try selectOldest.step() {
      guard selectOldest.offset(0) == room.oldest else { break }
      let time = selectOldest.integer(1)
      let size = Int(selectOldest.integer(2))
      guard (0...max(0, room.bytes)).contains(size) else {
        throw SQLiteError(damage: "the event \(room.oldest) of the room \(room.name): its size is \(size)")
      }
      guard dropped < limit, trim.drops(time: time, size: size) else {
        left = time
        break
      }
      dropped += 1
      room.oldest += 1
      room.bytes -= size
    }
    guard left != nil || room.isEmpty else {
      throw SQLiteError(damage: "the room \(room.name) has no event \(room.oldest)")
    }
    room.oldestTime = left
    selectOldest.reset()
    if dropped > 0 { try deleteEvents(of: room.id, through: room.oldest - 1) }
    return dropped
  }

  /// The room's row goes; its events, which nobody can find any more, go later.
  func forget(_ room: RoomRecord) throws(SQLiteError) {
    deleteRoom.bind(1, room.id)
    try deleteRoom.run()
    guard !room.isEmpty else { return }
    insertDropped.bind(1, room.id)
    try insertDropped.run()
  }

  /// Drops what a forgotten room has left behind, `limit` events at most.
  ///
  /// - Returns: how many went; fewer than the limit where nothing is left.
  func purge(_ id: Int64, limit: Int) throws(SQLiteError) -> Int {
    selectOldest.bind(1, id)
    selectOldest.bind(2, Int64(limit))
    defer { selectOldest.reset() }
    var dropped = 0
    var last: UInt64 = 0
    while try selectOldest.step() {
      dropped += 1
      last = selectOldest.offset(0)
    }
    selectOldest.reset()
    if dropped > 0 { try deleteEvents(of: id, through: last) }
    if dropped < limit {
      deleteDropped.bind(1, id)
      try deleteDropped.run()
    }
    return dropped
  }

  private func deleteEvents(of room: Int64, through offset: UInt64) throws(SQLiteError) {
    deleteOldest.bind(1, room)
    deleteOldest.bind(2, offset)
    try deleteOldest.run()
  }

  /// Bytes that are in use, and bytes of all files.
  func size() throws(SQLiteError) -> (used: Int, all: Int) {
    let (pages, free) = (try number(pageCount), try number(freePages))
    return ((pages - free) * pageSize, (pages + database.pagesInLog) * pageSize)
  }

  private func number(_ statement: Statement) throws(SQLiteError) -> Int {
    defer { statement.reset() }
    return try statement.step() ? Int(statement.integer(0)) : 0
  }

  /// Writes what an ordinary transaction might, and moves the log, to see whether the disk takes it.
  func probe() throws(SQLiteError) {
    try transaction { () throws(SQLiteError) in
      try database.execute("INSERT OR REPLACE INTO store (key, value) VALUES ('probe', zeroblob(\(Self.probeBytes)))")
    }
    try transaction { () throws(SQLiteError) in try database.execute("DELETE FROM store WHERE key = 'probe'") }
    try database.checkpoint()
  }

  private static let probeBytes = 64 << 10
}
