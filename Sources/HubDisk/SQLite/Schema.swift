/// The tables of a file, by version.
///
/// `user_version` says which version a file has; each step of ``migrations`` takes it one further, in a transaction of its
/// own. `application_id` says whose file it is.
struct Schema: Sendable {
  let application: Int64
  let migrations: [String]

  var version: Int64 { Int64(migrations.count) }

  /// Makes the tables of a new file, or brings those of an older version up to date.
  ///
  /// - Parameter found: writes what a new file begins with.
  /// - Throws: ``DiskError`` for a file of somebody else, or of a newer version, which is left as it is.
  func migrate(
    _ database: Database, _ files: StoreFiles, found: (Database) throws(SQLiteError) -> Void
  ) throws(DiskError) {
    let known = try files.opening { () throws(SQLiteError) in try version(of: database) }
    guard let known, known <= version else { throw stranger(files, known) }
    try files.opening { () throws(SQLiteError) in
      try database.execute("PRAGMA journal_mode = WAL")
      try database.execute("PRAGMA synchronous = FULL")
      for step in Int(known)..<migrations.count {
        try database.execute("BEGIN IMMEDIATE")
        try database.execute(migrations[step])
        if step == 0 {
          try database.execute("PRAGMA application_id = \(application)")
          try found(database)
        }
        try database.execute("PRAGMA user_version = \(step + 1)")
        try database.execute("COMMIT")
      }
    }
  }

  /// What is said of a file that is not this version's to open.
  ///
  /// - Parameter version: of the file; nil for one of another program.
  func stranger(_ files: StoreFiles, _ version: Int64?) -> DiskError {
    guard let version else {
      return DiskError(.foreign, "\(files.path) is a database of another program: choose another directory")
    }
    return DiskError(
      .foreign,
      "\(files.path) was written by a newer version of roomcast (schema \(version), this one knows \(self.version)): "
        + "run that version, or choose another directory")
  }

  /// 0 for a new file, nil for one of another program.
  func version(of database: Database) throws(SQLiteError) -> Int64? {
    if try database.integer("SELECT count(*) FROM sqlite_schema") == 0 { return 0 }
    guard try database.integer("PRAGMA application_id") == application else { return nil }
    return try database.integer("PRAGMA user_version")
  }
}
