import CSQLite

/// What SQLite said when a call failed.
struct SQLiteError: Error, CustomStringConvertible {
  /// The extended result code.
  let code: Int32
  let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// A row that cannot be right.
  init(damage: String) {
    self.init(code: SQLITE_CORRUPT, message: damage)
  }

  /// What the connection's last call gave.
  init(_ handle: OpaquePointer?) {
    code = sqlite3_extended_errcode(handle)
    message = String(cString: sqlite3_errmsg(handle))
  }

  private var primary: Int32 { code & 0xFF }

  /// The file is not what it was, or never was a database.
  var isDamage: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }
  /// A part of the file cannot be had: damaged, or on a part of the disk that cannot be read.
  var isUnreadable: Bool { isDamage || primary == SQLITE_IOERR }
  /// The tables are not what a statement takes them for.
  var isAboutSQL: Bool { primary == SQLITE_ERROR }
  /// There is no space; what was stored before is whole.
  var isFull: Bool { primary == SQLITE_FULL }

  var description: String {
    let name = String(cString: sqlite3_errstr(code))
    return message == name ? "\(name) (SQLite \(code))" : "\(message) (\(name), SQLite \(code))"
  }
}
