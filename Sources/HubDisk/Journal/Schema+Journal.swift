extension Schema {
  /// The tables of a journal.
  static let journal = Schema(
    // "Jrnl" in ASCII.
    application: 0x4A72_6E6C,
    migrations: [
      """
      CREATE TABLE journal (
        id TEXT NOT NULL
      ) STRICT;

      CREATE TABLE entries (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        room TEXT NOT NULL,
        time INTEGER NOT NULL,
        size INTEGER NOT NULL CHECK (size BETWEEN 0 AND 1099511627776),
        event TEXT NOT NULL,
        user TEXT,
        excluded TEXT,
        trace TEXT,
        data TEXT,
        bytes BLOB,
        subscribers INTEGER NOT NULL,
        principal TEXT,
        key TEXT,
        digest BLOB
      ) STRICT;

      CREATE UNIQUE INDEX keys ON entries (room, principal, key) WHERE key IS NOT NULL;
      """
    ])

  /// What a new journal begins with.
  static func foundJournal(_ database: Database, id: String) throws(SQLiteError) {
    let insert = try database.prepare("INSERT INTO journal (id) VALUES (?)")
    insert.bind(1, id)
    try insert.run()
  }
}
