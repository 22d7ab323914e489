import HubRooms
import HubWire

/// The connection to a journal, with its statements. Used by one thread at a time.
final class JournalStore {
  let database: Database
  /// Which no other journal has.
  let id: String
  private let transactions: Transactions
  private let insertEntry: Statement
  private let selectDigest: Statement
  private let selectFirst: Statement
  private let measure: Statement
  private let delete: Statement

  /// The write-ahead log is cut back to this after a checkpoint.
  private static let logKept = 16 << 20
  private static let cacheKiB = 4 << 10
  /// No user has it, as theirs hold no control characters, and it is not the empty one of API keys.
  static let principal = "\u{1}journal"

  /// - Parameter database: with tables of the present version.
  init(_ database: Database) throws(SQLiteError) {
    self.database = database
    try database.prepareToWrite(logKept: Self.logKept, cacheKiB: Self.cacheKiB)
    let selectID = try database.prepare("SELECT id FROM journal")
    guard try selectID.step(), ConnectionID(selectID.text(0)) != nil else {
      throw SQLiteError(damage: "the journal has no `id`")
    }
    id = selectID.text(0)
    selectID.reset()
    transactions = try Transactions(database)
    insertEntry = try database.prepare(
      """
      INSERT INTO entries
        (room, subscribers, time, size, event, user, excluded, trace, data, bytes, principal, key, digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    selectDigest = try database.prepare("SELECT digest FROM entries WHERE room = ? AND principal = ? AND key = ?")
    selectFirst = try database.prepare(
      """
      SELECT room, sequence, time, size, event, user, excluded, trace, data, bytes, subscribers, principal, key, digest
      FROM entries ORDER BY sequence LIMIT ?
      """)
    measure = try database.prepare("SELECT count(*), coalesce(sum(size), 0) FROM entries WHERE sequence <= ?")
    delete = try database.prepare("DELETE FROM entries WHERE sequence <= ?")
  }

  /// Looks at all of the file: what is in it was acknowledged, and is to be sent on.
  func check() throws(SQLiteError) {
    let lines = try database.prepare("PRAGMA quick_check(1)")
    defer { lines.reset() }
    guard try lines.step() else { throw SQLiteError(damage: "it cannot be checked") }
    let line = lines.text(0)
    if line != "ok" { throw SQLiteError(damage: line) }
  }

  /// Runs `body` in a transaction; nothing of it stays where it throws.
  func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
    try transactions.run(body)
  }

  // MARK: Entries

  func insert(_ append: NewAppend, _ room: RoomName) throws(SQLiteError) {
    insertEntry.bind(1, room.text)
    insertEntry.bind(2, Int64(append.subscribers))
    EventRow.bind(append, to: insertEntry)
    insertEntry.bind(4, Int64(append.entrySize))
    insertEntry.bind(11, append.key?.principal)
    insertEntry.bind(12, append.key?.text)
    if let digest = append.key?.digest { insertEntry.bind(13, blob: digest) } else { insertEntry.bindNull(13) }
    try insertEntry.run()
  }

  /// Of the entry that has this key; nil where none has.
  func digest(of key: IdempotencyKey, _ room: RoomName) throws(SQLiteError) -> [UInt8]? {
    selectDigest.bind(1, room.text)
    selectDigest.bind(2, key.principal)
    selectDigest.bind(3, key.text)
    defer { selectDigest.reset() }
    return try selectDigest.step() ? selectDigest.bytes(0) : nil
  }

  /// The oldest entries: as many as fit, and one where there is one.
  func first(_ limit: ReadLimit) throws(SQLiteError) -> [JournalEntry] {
    selectFirst.bind(1, Int64(limit.events))
    defer { selectFirst.reset() }
    var entries: [JournalEntry] = []
    var bytes = 0
    while try selectFirst.step() {
      bytes += Int(EventRow.size(selectFirst))
      if !entries.isEmpty, bytes > limit.bytes { break }
      entries.append(try entry(selectFirst))
    }
    return entries
  }

  private func entry(_ row: Statement) throws(SQLiteError) -> JournalEntry {
    let sequence = row.integer(1)
    do {
      let event = try EventRow(row)
      let append = NewAppend(
        event: event.event, key: key(row, sequence), subscribers: Int(clamping: row.integer(10)), time: event.time)
      return JournalEntry(sequence: sequence, room: try RoomName(row.text(0)), append: append)
    } catch {
      let reason = (error as? EventRow.Fault)?.reason ?? "it is of no room"
      throw SQLiteError(damage: "the entry \(sequence): \(reason)")
    }
  }

  private func key(_ row: Statement, _ sequence: Int64) -> IdempotencyKey {
    if let text = row.optionalText(12) {
      return IdempotencyKey(text: text, principal: row.text(11), digest: row.bytes(13))
    }
    let text = "\(id)-\(sequence)"
    return IdempotencyKey(text: text, principal: Self.principal, digest: Digest.sha256(Array(text.utf8).span))
  }

  // MARK: How much there is

  func tally(through sequence: Int64 = .max) throws(SQLiteError) -> JournalTally {
    measure.bind(1, sequence)
    defer { measure.reset() }
    guard try measure.step() else { return JournalTally() }
    return JournalTally(events: Int(measure.integer(0)), bytes: Int(measure.integer(1)))
  }

  func remove(through sequence: Int64) throws(SQLiteError) {
    delete.bind(1, sequence)
    try delete.run()
  }
}
