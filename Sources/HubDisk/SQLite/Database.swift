import CSQLite

/// One connection to SQLite, used by one thread at a time.
///
/// Closed when it and its statements are gone. Closing leaves the write-ahead log as it is: only ``checkpoint(emptying:)``
/// moves it into the database, so letting a connection go is no different from a crash.
final class Database {
  enum Access {
    case write
    case read
    /// Reads a file that nobody writes to, and that has no write-ahead log: nothing is made or locked beside it.
    case still
  }

  let handle: OpaquePointer
  /// Set after each commit: how many pages the write-ahead log holds.
  private let logPages: UnsafeMutablePointer<Int32>

  init(path: String, access: Access, vfs: String?) throws(SQLiteError) {
    let flags =
      switch access {
      case .write: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .read: SQLITE_OPEN_READONLY
      case .still: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    let name = access == .still ? "file:\(Self.escaped(path))?immutable=1" : path
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
    guard result == SQLITE_OK, let opened else {
      let error = opened == nil ? SQLiteError(code: result, message: "out of memory") : SQLiteError(opened)
      sqlite3_close_v2(opened)
      throw error
    }
    handle = opened
    logPages = .allocate(capacity: 1)
    logPages.initialize(to: 0)
    _ = csqlite_keep_log_on_close(handle)
    // In place of SQLite's own checkpoints, which would come within a commit.
    sqlite3_wal_hook(
      handle,
      { pages, _, _, count in
        pages?.assumingMemoryBound(to: Int32.self).pointee = count
        return SQLITE_OK
      }, logPages)
  }

  /// The path as it stands in a URI.
  private static func escaped(_ path: String) -> String {
    path.reduce(into: "") { text, character in
      switch character {
      case "%": text += "%25"
      case "?": text += "%3f"
      case "#": text += "%23"
      default: text.append(character)
      }
    }
  }

  deinit {
    sqlite3_close_v2(handle)
    logPages.deallocate()
  }

  /// How many pages the write-ahead log held after the last commit.
  var pagesInLog: Int { Int(logPages.pointee) }

  func execute(_ sql: String) throws(SQLiteError) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError(handle) }
  }

  func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, self)
  }

  /// Sets what holds for a connection that writes: a commit is on the disk when it has been answered.
  ///
  /// - Parameters:
  ///   - logKept: bytes to which the write-ahead log is cut back after a checkpoint.
  ///   - cacheKiB: memory for pages.
  func prepareToWrite(logKept: Int, cacheKiB: Int) throws(SQLiteError) {
    try execute("PRAGMA synchronous = FULL")
    // Some systems build SQLite so that it writes zeros over all that is deleted, which doubles what that costs.
    try execute("PRAGMA secure_delete = FAST")
    try execute("PRAGMA journal_size_limit = \(logKept)")
    try execute("PRAGMA cache_size = -\(cacheKiB)")
  }

  /// The one number that `sql` gives.
  func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// Whether a transaction is open. SQLite ends one by itself where an error leaves no other way.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// How long a lock that another program holds is waited for.
  func waitForLocks(milliseconds: Int32) {
    sqlite3_busy_timeout(handle, milliseconds)
  }

  /// Makes sure that what others have left in the write-ahead log is on the disk before anything is built upon it: a sync
  /// of theirs may have failed.
  func renewLog() throws(SQLiteError) {
    // Opens the log, where there is one.
    _ = try integer("SELECT count(*) FROM sqlite_schema")
    let result = csqlite_rewrite_log(handle)
    if result != SQLITE_OK { throw SQLiteError(code: result, message: String(cString: sqlite3_errstr(result))) }
  }

  /// Moves what is in the write-ahead log into the database, as far as nobody is in the way; `emptying` cuts the log to
  /// nothing too.
  func checkpoint(emptying: Bool = false) throws(SQLiteError) {
    let mode = emptying ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
    let result = sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
    // Another program reads: next time.
    guard result == SQLITE_OK || result & 0xFF == SQLITE_BUSY else { throw SQLiteError(handle) }
  }
}
