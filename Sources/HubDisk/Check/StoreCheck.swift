import HubWire

/// Verifies a store without changing it, also while a hub runs on it: SQLite's own look at the file, and then everything
/// that must be true of rooms, events and keys. In constant memory, but for the rooms that are about to be removed.
package final class StoreCheck {
  private let view: StoreView
  private let database: Database
  private var report = StoreReport()
  private var clock: Int64 = 0

  /// - Throws: what stands in the way of looking: there is no store, it cannot be read, or it is damaged so that it
  ///   cannot be opened.
  package static func run(_ directory: String) throws(DiskError) -> StoreReport {
    let check = StoreCheck(try StoreView(directory))
    try check.step("the file", check.checkFile)
    try check.step("the table store", check.checkValues)
    try check.step("the tables rooms and events", check.checkRooms)
    try check.step("the table idempotency_keys", check.checkKeys)
    return check.report
  }

  private init(_ view: StoreView) {
    self.view = view
    database = view.database
    report.schema = Schema.store.version
    report.fileBytes = view.bytes
  }

  /// Damage in one table leaves the others to be looked at.
  private func step(_ name: String, _ body: () throws(SQLiteError) -> Void) throws(DiskError) {
    do throws(SQLiteError) {
      try body()
    } catch {
      guard error.isUnreadable || error.isAboutSQL else { throw DiskError(error, path: view.files.path) }
      report.add("\(name) cannot be read to the end: \(error)")
    }
  }

  /// Whether there is no store yet, and a hub would make one.
  package static func isNew(_ directory: String) -> Bool {
    StoreView.isMissing(in: directory) && DirectoryLock.canBegin(directory)
  }

  // MARK: The file

  private func checkFile() throws(SQLiteError) {
    let lines = try database.prepare("PRAGMA integrity_check(\(Self.lines))")
    defer { lines.reset() }
    while try lines.step() {
      // The first row has a heading, and may have more than one line.
      for line in lines.text(0).split(separator: "\n") where line != "ok" && !line.hasPrefix("***") {
        report.add("the file: \(line)")
      }
    }
  }

  /// How much SQLite tells of a file that is broken everywhere.
  private static let lines = 20

  private func checkValues() throws(SQLiteError) {
    let select = try database.prepare("SELECT key, value, typeof(value) FROM store")
    defer { select.reset() }
    var found: Set<String> = []
    while try select.step() {
      found.insert(select.text(0))
      switch select.text(0) {
      case "epoch":
        if RoomRow.position(select.text(1), 0) == nil { report.add("the store's epoch is \"\(select.text(1))\"") }
      case "clock":
        clock = select.integer(1)
        if select.text(2) != "integer" || !RoomRow.numbers.contains(clock) {
          report.add("the store's clock shows \"\(select.text(1))\"")
        }
      default: break
      }
    }
    for key in ["epoch", "clock"] where !found.contains(key) { report.add("the store has no \(key)") }
  }

  // MARK: Rooms and events

  /// Goes through both tables side by side, in the order of the rooms' identifiers.
  private func checkRooms() throws(SQLiteError) {
    let dropped = try droppedRooms()
    let rooms = try database.prepare("SELECT \(RoomRow.columns) FROM rooms ORDER BY id")
    let events = try database.prepare("SELECT \(EventRow.columns) FROM events ORDER BY room, offset")
    defer {
      rooms.reset()
      events.reset()
    }
    var hasEvent = try events.step()
    while try rooms.step() {
      let room = RoomRow(rooms)
      if dropped.contains(room.id) { report.add("the room \(room.name) is in `dropped_rooms` too") }
      while hasEvent, EventRow.room(events) < room.id { hasEvent = try skipStray(events, dropped) }
      var tally = RoomTally(room)
      // What can be read of it counts, also where that is not all.
      defer { take(tally, room) }
      while hasEvent, EventRow.room(events) == room.id {
        tally.add(
          offset: EventRow.offset(events), time: events.integer(2), size: EventRow.size(events), fault: fault(events))
        hasEvent = try events.step()
      }
      tally.end()
    }
    while hasEvent { hasEvent = try skipStray(events, dropped) }
  }

  private func droppedRooms() throws(SQLiteError) -> Set<Int64> {
    let select = try database.prepare("SELECT id FROM dropped_rooms")
    defer { select.reset() }
    var rooms: Set<Int64> = []
    while try select.step() {
      rooms.insert(select.integer(0))
      if !RoomRow.numbers.contains(select.integer(0)) { report.add("`dropped_rooms` has the id \(select.integer(0))") }
    }
    return rooms
  }

  private func fault(_ row: Statement) -> EventRow.Fault? {
    do throws(EventRow.Fault) {
      _ = try EventRow(row)
      return nil
    } catch {
      return error
    }
  }

  private func take(_ tally: RoomTally, _ room: RoomRow) {
    report.rooms += 1
    report.events += tally.events
    // What is out of range was told.
    if RoomRow.numbers.contains(room.bytes) { report.bytes &+= room.bytes }
    if let time = room.oldestTime { report.oldestTime = min(time, report.oldestTime ?? time) }
    for problem in tally.problems { report.add("the room \(room.name): \(problem)") }
  }

  /// Crosses the events of a room that has no row.
  private func skipStray(_ events: Statement, _ dropped: Set<Int64>) throws(SQLiteError) -> Bool {
    let room = EventRow.room(events)
    var count = 0
    var isLeft = true
    while isLeft, EventRow.room(events) == room {
      count += 1
      isLeft = try events.step()
    }
    if dropped.contains(room) {
      report.leftovers += count
    } else {
      report.add("\(count) event\(count == 1 ? "" : "s") of a room \(room) that has no row")
    }
    return isLeft
  }

  // MARK: Keys

  private func checkKeys() throws(SQLiteError) {
    let keys = try database.prepare("SELECT \(KeyRow.columns) FROM idempotency_keys ORDER BY id")
    let rooms = try database.prepare("SELECT \(RoomRow.columns) FROM rooms WHERE name = ?")
    defer { keys.reset() }
    while try keys.step() {
      let key = KeyRow(keys)
      report.keys += 1
      rooms.bind(1, key.room)
      let room = try rooms.step() ? RoomRow(rooms) : nil
      rooms.reset()
      guard let fault = key.fault(room: room, clock: clock) else { continue }
      report.add(
        "the idempotency key in row \(key.id): \(fault)",
        mend:
          "stop the hub and `DELETE FROM idempotency_keys WHERE id = \(key.id)`; a retry with that key publishes anew")
    }
  }
}
