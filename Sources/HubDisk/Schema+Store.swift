extension Schema {
  /// The tables of a store.
  static let store = Schema(
    // "Room" in ASCII.
    application: 0x526F_6F6D,
    migrations: [
      """
      CREATE TABLE store (
        key TEXT PRIMARY KEY,
        value ANY
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        epoch TEXT NOT NULL,
        newest INTEGER NOT NULL,
        oldest INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        oldest_time INTEGER,
        idle_since INTEGER
      ) STRICT;

      CREATE TABLE events (
        room INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        time INTEGER NOT NULL,
        size INTEGER NOT NULL,
        event TEXT NOT NULL,
        user TEXT,
        excluded TEXT,
        trace TEXT,
        data TEXT,
        bytes BLOB,
        PRIMARY KEY (room, offset)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE idempotency_keys (
        id INTEGER PRIMARY KEY,
        room TEXT NOT NULL,
        principal TEXT NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        epoch TEXT,
        offset INTEGER,
        subscribers INTEGER NOT NULL,
        used INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE dropped_rooms (
        id INTEGER PRIMARY KEY
      ) STRICT;

      CREATE VIEW history AS
      SELECT
        rooms.name AS room,
        rooms.epoch || '-' || events.offset AS position,
        strftime('%Y-%m-%d %H:%M:%f', events.time / 1000.0, 'unixepoch') AS time,
        events.event, events.user, events.data, events.bytes
      FROM events JOIN rooms ON rooms.id = events.room;
      """
    ])

  /// What a new store begins with.
  static func foundStore(_ database: Database, epoch: String) throws(SQLiteError) {
    let insert = try database.prepare("INSERT INTO store (key, value) VALUES (?, ?)")
    insert.bind(1, "epoch")
    insert.bind(2, epoch)
    try insert.run()
    insert.bind(1, "clock")
    insert.bind(2, Int64(0))
    try insert.run()
  }
}
