import Glibc

/// A look at a store from outside, also while a hub runs on it: one read transaction, which sees one state of the store,
/// changes nothing and holds nobody up.
final class StoreView {
  let files: StoreFiles
  let database: Database

  /// - Throws: ``DiskError``, of the kind `directory` where there is no store.
  init(_ directory: String) throws(DiskError) {
    let files = StoreFiles(directory: directory, vfs: nil)
    self.files = files
    let hasLog = try Self.hasLog(files, directory)
    database = try files.opening { () throws(SQLiteError) in
      if hasLog { return try files.reading() }
      return try Database(path: files.path, access: .still, vfs: nil)
    }
    try checkVersion()
    try reading { () throws(SQLiteError) in
      try database.execute("PRAGMA cache_size = -\(Self.cacheKiB)")
      try database.execute("BEGIN")
      // The transaction begins with the first read.
      _ = try database.integer("SELECT count(*) FROM store")
    }
  }

  /// What goes wrong while the store is read, as its owner is told.
  func reading<Result>(_ body: () throws(SQLiteError) -> Result) throws(DiskError) -> Result {
    do throws(SQLiteError) {
      return try body()
    } catch {
      // The version is right, and still a table or a column is missing.
      guard error.isAboutSQL else { throw DiskError(error, path: files.path) }
      throw DiskError(.damaged, DiskError.damage(files.path, "\(error)"))
    }
  }

  private static let cacheKiB = 8 << 10

  /// Whether the store has a write-ahead log. Without one nobody has it open, and its file is all there is.
  private static func hasLog(_ files: StoreFiles, _ directory: String) throws(DiskError) -> Bool {
    let log = StoreFiles.size(of: files.path + "-wal")
    let descriptor = open(files.path, O_RDONLY | O_CLOEXEC)
    guard descriptor < 0 else {
      close(descriptor)
      return log != nil
    }
    let number = errno
    guard number == ENOENT || number == ENOTDIR else {
      throw DiskError(.system, "cannot open \(files.path): \(String(cString: strerror(number)))")
    }
    guard log ?? 0 == 0 else {
      throw DiskError(.damaged, DiskError.damage(files.path, "the file is missing, and its log is still there"))
    }
    throw DiskError(.directory, "there is no store in \(directory)")
  }

  /// Whether there is not a file of a store.
  static func isMissing(in directory: String) -> Bool {
    let path = StoreFiles(directory: directory, vfs: nil).path
    return StoreFiles.size(of: path) ?? 0 == 0 && StoreFiles.size(of: path + "-wal") ?? 0 == 0
  }

  private func checkVersion() throws(DiskError) {
    let version = try files.opening { () throws(SQLiteError) in try Schema.store.version(of: database) }
    switch version {
    case Schema.store.version: break
    case 0?: throw DiskError(.directory, "there is no store in \(files.path) yet: the file is empty")
    case let older? where older < Schema.store.version:
      throw DiskError(
        .foreign,
        "\(files.path) was written by an older version of roomcast (schema \(older), this one knows "
          + "\(Schema.store.version)): start this version of the hub on it once, which brings it up to date")
    default: throw Schema.store.stranger(files, version)
    }
  }

  /// What the store's files take.
  var bytes: Int { (StoreFiles.size(of: files.path) ?? 0) + (StoreFiles.size(of: files.path + "-wal") ?? 0) }
}
