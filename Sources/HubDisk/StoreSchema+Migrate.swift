extension StoreSchema {
  /// Makes the tables of a new store, or brings those of an older version up to date.
  ///
  /// - Throws: ``DiskError`` for a file of somebody else, or of a newer version, which is left as it is.
  static func migrate(_ database: Database, _ files: StoreFiles, makeEpoch: () -> String) throws(DiskError) {
    let known = try files.opening { () throws(SQLiteError) in try version(of: database) }
    guard let known, known <= version else { throw stranger(files, known) }
    try files.opening { () throws(SQLiteError) in
      try database.execute("PRAGMA journal_mode = WAL")
      try database.execute("PRAGMA synchronous = FULL")
      for step in Int(known)..<migrations.count {
        try database.execute("BEGIN IMMEDIATE")
        try database.execute(migrations[step])
        if step == 0 { try found(database, epoch: makeEpoch()) }
        try database.execute("PRAGMA user_version = \(step + 1)")
        try database.execute("COMMIT")
      }
    }
  }

  /// What is said of a store that is not this version's to open.
  ///
  /// - Parameter version: of the store; nil for a file of another program.
  static func stranger(_ files: StoreFiles, _ version: Int64?) -> DiskError {
    guard let version else {
      return DiskError(.foreign, "\(files.path) is a database of another program: choose another directory")
    }
    return DiskError(
      .foreign,
      "\(files.path) was written by a newer version of roomcast (schema \(version), this one knows \(self.version)): "
        + "run that version, or choose another directory")
  }

  /// 0 for a new file, nil for one of another program.
  static func version(of database: Database) throws(SQLiteError) -> Int64? {
    if try database.integer("SELECT count(*) FROM sqlite_schema") == 0 { return 0 }
    guard try database.integer("PRAGMA application_id") == application else { return nil }
    return try database.integer("PRAGMA user_version")
  }

  private static func found(_ database: Database, epoch: String) throws(SQLiteError) {
    try database.execute("PRAGMA application_id = \(application)")
    let insert = try database.prepare("INSERT INTO store (key, value) VALUES (?, ?)")
    insert.bind(1, "epoch")
    insert.bind(2, epoch)
    try insert.run()
    insert.bind(1, "clock")
    insert.bind(2, Int64(0))
    try insert.run()
  }
}
