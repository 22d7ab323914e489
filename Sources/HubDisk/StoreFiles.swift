import Glibc

/// Where a store or a journal is, and how its connections are opened.
struct StoreFiles: Sendable {
  let path: String
  /// What saves what can be read of a damaged file.
  private let rescue: String
  /// SQLite's name of what stands between it and the system; nil for the system itself.
  let vfs: String?

  init(directory: String, vfs: String?) {
    path = directory + "/roomcast.db"
    rescue = DiskError.export
    self.vfs = vfs
  }

  init(journalIn directory: String, vfs: String?) {
    path = directory + "/journal.db"
    rescue = "`sqlite3 journal.db .recover`"
    self.vfs = vfs
  }

  /// Makes an empty file, which nobody else may read, where there is none; those that SQLite adds are as private.
  func create() throws(DiskError) {
    guard vfs == nil else { return }
    // A log alone is what is left of a store, and may hold what was acknowledged. An empty one holds nothing.
    if access(path, F_OK) != 0, Self.size(of: path + "-wal") ?? 0 > 0 {
      throw DiskError(
        .damaged,
        "\(path) is missing, but its log \(path)-wal is there; nothing was changed: put the file back, or move the log away "
          + "to begin with an empty one")
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw DiskError(.system, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    close(descriptor)
  }

  /// Nil where there is no such file.
  static func size(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  func writing() throws(SQLiteError) -> Database {
    let database = try Database(path: path, access: .write, vfs: vfs)
    if vfs == nil { database.waitForLocks(milliseconds: Self.lockTime) }
    try database.renewLog()
    return database
  }

  func reading() throws(SQLiteError) -> Database {
    let database = try Database(path: path, access: .read, vfs: vfs)
    if vfs == nil { database.waitForLocks(milliseconds: Self.lockTime) }
    return database
  }

  /// What goes wrong while the store is opened, as its owner is told.
  func opening<Result>(_ body: () throws(SQLiteError) -> Result) throws(DiskError) -> Result {
    do throws(SQLiteError) { return try body() } catch { throw DiskError(error, path: path, rescue: rescue) }
  }

  /// How long another program's lock is waited for.
  private static let lockTime: Int32 = 1000
}
