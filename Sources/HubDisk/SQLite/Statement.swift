import CSQLite

/// A prepared statement, kept and run again and again. Parameters and columns count from 1 and from 0, as in SQLite.
final class Statement {
  private let handle: OpaquePointer
  private let database: Database

  init(_ sql: String, _ database: Database) throws(SQLiteError) {
    var handle: OpaquePointer?
    let result = sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard result == SQLITE_OK, let handle else { throw SQLiteError(database.handle) }
    self.handle = handle
    self.database = database
  }

  deinit {
    sqlite3_finalize(handle)
  }

  // MARK: Parameters

  func bind(_ index: Int32, _ value: Int64) {
    sqlite3_bind_int64(handle, index, value)
  }

  func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
  }

  /// SQLite's integers have a sign; offsets stay far below what that leaves.
  func bind(_ index: Int32, _ value: UInt64) {
    bind(index, Int64(clamping: value))
  }

  func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bind(index, text: UnsafeRawBufferPointer($0)) }
  }

  func bind(_ index: Int32, _ text: String?) {
    if let text { bind(index, text) } else { sqlite3_bind_null(handle, index) }
  }

  func bind(_ index: Int32, text: [UInt8]) {
    text.withUnsafeBytes { bind(index, text: $0) }
  }

  func bind(_ index: Int32, blob: [UInt8]) {
    _ = blob.withUnsafeBytes { bytes in
      // An empty array may have no address, and without one the value would be NULL.
      guard let address = bytes.baseAddress else { return sqlite3_bind_zeroblob(handle, index, 0) }
      return sqlite3_bind_blob64(handle, index, address, UInt64(bytes.count), Self.copied)
    }
  }

  func bindNull(_ index: Int32) {
    sqlite3_bind_null(handle, index)
  }

  private func bind(_ index: Int32, text: UnsafeRawBufferPointer) {
    guard let address = text.baseAddress else {
      sqlite3_bind_text(handle, index, "", 0, Self.copied)
      return
    }
    sqlite3_bind_text64(
      handle, index, address.assumingMemoryBound(to: CChar.self), UInt64(text.count), Self.copied,
      UInt8(SQLITE_UTF8))
  }

  /// `SQLITE_TRANSIENT`: SQLite copies what it is given, into memory that it keeps for the next time.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  // MARK: Running

  /// Runs to the end; for statements that give no rows.
  func run() throws(SQLiteError) {
    defer { reset() }
    _ = try step()
  }

  /// Goes on to the next row; false after the last.
  func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw SQLiteError(database.handle)
    }
  }

  /// Must follow each ``step()`` that is not run to the end: a statement that stands in a row holds its transaction open.
  func reset() {
    sqlite3_reset(handle)
  }

  // MARK: Columns

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  func offset(_ column: Int32) -> UInt64 { UInt64(clamping: integer(column)) }
  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func text(_ column: Int32) -> String { String(decoding: raw(column), as: UTF8.self) }
  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
  func bytes(_ column: Int32) -> [UInt8] { Array(raw(column)) }

  /// Valid until the next step.
  private func raw(_ column: Int32) -> UnsafeRawBufferPointer {
    let address = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(handle, column)))
  }
}
