import HubRooms
import HubWire

/// The connection that writes, with its statements. Used by the writer alone.
final class Store {
  let database: Database
  private let transactions: Transactions
  private let insertEvent: Statement
  private let insertRoom: Statement
  private let updateRoom: Statement
  private let insertKey: Statement
  private let deleteKeys: Statement
  private let deleteRoomKeys: Statement
  private let setValue: Statement
  let selectOldest: Statement
  let deleteOldest: Statement
  let deleteRoom: Statement
  let insertDropped: Statement
  let deleteDropped: Statement
  let pageCount: Statement
  let freePages: Statement
  let pageSize: Int

  /// The write-ahead log is cut back to this after a checkpoint.
  private static let logKept = 64 << 20
  private static let cacheKiB = 16 << 10

  /// - Parameter database: with tables of the present version.
  init(_ database: Database) throws(SQLiteError) {
    self.database = database
    try database.prepareToWrite(logKept: Self.logKept, cacheKiB: Self.cacheKiB)
    transactions = try Transactions(database)
    insertEvent = try database.prepare(
      """
      INSERT INTO events (room, offset, time, size, event, user, excluded, trace, data, bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    insertRoom = try database.prepare(
      """
      INSERT INTO rooms (epoch, newest, oldest, bytes, oldest_time, idle_since, id, name)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    updateRoom = try database.prepare(
      """
      UPDATE rooms SET epoch = ?, newest = ?, oldest = ?, bytes = ?, oldest_time = ?, idle_since = ? WHERE id = ?
      """)
    insertKey = try database.prepare(
      """
      INSERT INTO idempotency_keys (id, room, principal, key, digest, epoch, offset, subscribers, used)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    deleteKeys = try database.prepare("DELETE FROM idempotency_keys WHERE id <= ?")
    deleteRoomKeys = try database.prepare("DELETE FROM idempotency_keys WHERE room = ?")
    setValue = try database.prepare("INSERT OR REPLACE INTO store (key, value) VALUES (?, ?)")
    selectOldest = try database.prepare(
      "SELECT offset, time, size FROM events WHERE room = ? ORDER BY offset LIMIT ?")
    deleteOldest = try database.prepare("DELETE FROM events WHERE room = ? AND offset <= ?")
    deleteRoom = try database.prepare("DELETE FROM rooms WHERE id = ?")
    insertDropped = try database.prepare("INSERT INTO dropped_rooms (id) VALUES (?)")
    deleteDropped = try database.prepare("DELETE FROM dropped_rooms WHERE id = ?")
    pageCount = try database.prepare("PRAGMA page_count")
    freePages = try database.prepare("PRAGMA freelist_count")
    pageSize = Int(try database.integer("PRAGMA page_size") ?? 4096)
  }

  // MARK: Transactions

  /// Runs `body` in a transaction; nothing of it stays where it throws.
  func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    try transactions.run(body)
  }

  // MARK: Rows

  func insert(_ row: WritePlan.NewRow, room: Int64) throws(SQLiteError) {
    insertEvent.bind(1, room)
    insertEvent.bind(2, row.offset)
    EventRow.bind(row.append, to: insertEvent)
    try insertEvent.run()
  }

  /// Writes the room's row, and makes it where there is none.
  func write(_ room: RoomRecord) throws(SQLiteError) {
    let statement = room.isStored ? updateRoom : insertRoom
    statement.bind(1, room.epoch)
    statement.bind(2, room.newest)
    statement.bind(3, room.oldest)
    statement.bind(4, Int64(room.bytes))
    statement.bind(5, room.oldestTime)
    statement.bind(6, room.idleSince)
    statement.bind(7, room.id)
    if !room.isStored { statement.bind(8, room.name.text) }
    try statement.run()
  }

  func insert(_ use: KeyUse) throws(SQLiteError) {
    insertKey.bind(1, use.id)
    insertKey.bind(2, use.name.room.text)
    insertKey.bind(3, use.name.principal)
    insertKey.bind(4, use.name.text)
    insertKey.bind(5, blob: use.digest)
    insertKey.bind(6, use.position?.epoch)
    insertKey.bind(7, (use.position?.offset).map { Int64(clamping: $0) })
    insertKey.bind(8, Int64(use.subscribers))
    insertKey.bind(9, use.used)
    try insertKey.run()
  }

  func deleteKeys(through id: Int64) throws(SQLiteError) {
    deleteKeys.bind(1, id)
    try deleteKeys.run()
  }

  func deleteKeys(of room: RoomName) throws(SQLiteError) {
    deleteRoomKeys.bind(1, room.text)
    try deleteRoomKeys.run()
  }

  func set(_ key: String, _ value: Int64) throws(SQLiteError) {
    setValue.bind(1, key)
    setValue.bind(2, value)
    try setValue.run()
  }

  func set(_ key: String, _ value: String) throws(SQLiteError) {
    setValue.bind(1, key)
    setValue.bind(2, value)
    try setValue.run()
  }
}
