import CSQLite

/// A SQLite connection without anything around it, to try a disk with.
final class RawDatabase {
  private var connection: OpaquePointer?

  struct Failure: Error {
    let code: Int32
  }

  init(_ path: String, vfs: String, isReadOnly: Bool = false) throws {
    let flags = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    try check(sqlite3_open_v2(path, &connection, flags, vfs))
  }

  deinit {
    sqlite3_close_v2(connection)
  }

  func run(_ text: String) throws {
    try check(sqlite3_exec(connection, text, nil, nil, nil))
  }

  /// The first column of every row.
  func column(_ text: String) throws -> [String] {
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(connection, text, -1, &statement, nil))
    defer { sqlite3_finalize(statement) }
    var rows: [String] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw Failure(code: code) }
      rows.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "")
    }
  }

  private func check(_ code: Int32) throws {
    if code != SQLITE_OK { throw Failure(code: code) }
  }
}
