import HubRooms
package import HubWire

/// Takes an exported history into a store that no hub runs on, line by line, in transactions of bounded size. Positions
/// and times stay as they are, so that clients resume.
///
/// It can be run again after an interruption: what is there already is passed over. A line that cannot be taken is
/// refused, and so is what follows it in its room; other rooms go on.
package final class StoreImport {
  /// What became of it.
  package struct Report: Sendable {
    /// Events taken, and the rooms that they are in.
    package internal(set) var events = 0
    package internal(set) var rooms = 0
    /// Lines whose event or place was there already.
    package internal(set) var known = 0
    /// Lines whose events are older than what their rooms keep.
    package internal(set) var older = 0
    /// Lines refused, each for a reason of its own.
    package internal(set) var refused = 0
    /// Lines not taken because an earlier one of their room was refused.
    package internal(set) var leftOut = 0
  }

  /// Past so many pages the write-ahead log is moved into the database.
  private static let logPages = 2000

  private let lock: DirectoryLock
  private let files: StoreFiles
  private let store: Store
  private let selectEvent: Statement
  /// The epoch that rooms get in place of theirs; nil where they keep theirs.
  private let newEpoch: String?
  private let clock: Int64
  private var nextRoom: Int64
  private var rooms: [RoomName: RoomRecord] = [:]
  /// Rooms of which a line was refused.
  private var stopped: Set<RoomName> = []
  /// Rooms that got something.
  private var filled: Set<RoomName> = []
  private var batch = ImportBatch()
  /// As it is: what has been told is on the disk only after ``finish()``.
  package private(set) var report = Report()

  /// Opens the store, and makes one where there is none.
  ///
  /// - Parameter newEpochs: whether rooms get the store's own epoch in place of theirs, so that no client resumes from a
  ///   position of before.
  package init(_ directory: String, newEpochs: Bool = false) throws(DiskError) {
    lock = try DirectoryLock(directory)
    let files = StoreFiles(directory: directory, vfs: nil)
    self.files = files
    try files.create()
    let database = try files.opening { () throws(SQLiteError) in try files.writing() }
    try Schema.store.migrate(database, files) { database throws(SQLiteError) in
      try Schema.foundStore(database, epoch: MemoryEngine.randomEpoch())
    }
    store = try files.opening { () throws(SQLiteError) in try Store(database) }
    let store = store
    let stored = try files.opening { () throws(SQLiteError) in try store.load() }
    selectEvent = try files.opening { () throws(SQLiteError) in
      try database.prepare("SELECT \(EventRow.columns) FROM events WHERE room = ? AND offset = ?")
    }
    newEpoch = newEpochs ? stored.epoch : nil
    clock = stored.clock
    nextRoom = stored.nextRoom
    for room in stored.rooms { rooms[room.name] = room }
  }

  /// Takes one line.
  ///
  /// - Returns: why it was refused, where it was and is the first of its room.
  /// - Throws: where the store cannot be written; what was committed before stays.
  package func take(_ line: [UInt8]) throws(DiskError) -> HubError? {
    let draft: HistoryLine.Draft
    let parsed: HistoryLine
    do throws(HubError) { draft = try HistoryLine.Draft(line) } catch { return refuse(error, nil) }
    guard !stopped.contains(draft.room) else {
      report.leftOut += 1
      return nil
    }
    do throws(HubError) { parsed = try draft.line() } catch { return refuse(error, draft.room) }
    let refusal = try files.opening { () throws(SQLiteError) in try place(parsed) }
    return refusal.map { refuse($0, draft.room) }
  }

  private func refuse(_ reason: HubError, _ room: RoomName?) -> HubError {
    report.refused += 1
    if let room { stopped.insert(room) }
    return reason
  }

  /// Makes all that was taken last, and closes the store.
  package func finish() throws(DiskError) -> Report {
    try files.opening { () throws(SQLiteError) in
      try commit()
      try store.database.checkpoint(emptying: true)
    }
    report.rooms = filled.count
    return report
  }

  // MARK: One line

  /// Puts the line where it belongs; returns why that cannot be.
  private func place(_ line: HistoryLine) throws(SQLiteError) -> HubError? {
    // In an epoch that begins here no place is known to anybody.
    if newEpoch != nil, line.event == nil { return nil }
    let position = Position(epoch: newEpoch ?? line.position.epoch, offset: line.position.offset)
    guard var room = rooms[line.room] else {
      begin(line, position)
      return try commitIfFull()
    }
    guard room.epoch == position.epoch else { return Self.otherEpoch(room, line) }
    if position.offset <= room.newest { return try compare(line, room) }
    guard let event = line.event, position.offset == room.newest + 1 else { return Self.hole(room, position) }
    add(event, line.time, to: &room)
    return try commitIfFull()
  }

  /// The first line of a room may stand at any offset: what came before it was dropped.
  private func begin(_ line: HistoryLine, _ position: Position) {
    var room = RoomRecord(id: nextRoom, name: line.room, epoch: position.epoch)
    nextRoom += 1
    room.idleSince = clock
    room.newest = line.event == nil ? position.offset : position.offset - 1
    room.oldest = room.newest + 1
    if let event = line.event {
      add(event, line.time, to: &room)
    } else {
      keep(room)
    }
  }

  private func add(_ event: NewEvent, _ time: Int64, to room: inout RoomRecord) {
    let append = NewAppend(event: event, key: nil, subscribers: 0, time: time)
    room.newest += 1
    room.bytes += append.size
    if room.oldestTime == nil { room.oldestTime = time }
    batch.add(append, at: room.newest, room: room.id)
    report.events += 1
    keep(room)
  }

  private func keep(_ room: RoomRecord) {
    rooms[room.name] = room
    batch.rooms.insert(room.name)
    filled.insert(room.name)
  }

  /// Whether an offset that the room has given out already stands for the same event.
  private func compare(_ line: HistoryLine, _ room: RoomRecord) throws(SQLiteError) -> HubError? {
    let offset = line.position.offset
    guard let event = line.event, offset >= room.oldest else {
      if line.event == nil { report.known += 1 } else { report.older += 1 }
      return nil
    }
    try commit()
    selectEvent.bind(1, room.id)
    selectEvent.bind(2, offset)
    defer { selectEvent.reset() }
    guard try selectEvent.step(), let row = try? EventRow(selectEvent) else {
      throw SQLiteError(damage: "the event \(offset) of the room \(room.name) cannot be read")
    }
    guard row.isSame(as: event, at: line.time) else {
      return HubError(.conflict, "the store has another event at \(line.position) in \(room.name)")
    }
    report.known += 1
    return nil
  }

  private static func otherEpoch(_ room: RoomRecord, _ line: HistoryLine) -> HubError {
    HubError(
      .conflict,
      "\(room.name) stands at \(room.position) in this store, which is another history than that of "
        + "\(line.position); import into a store without that room")
  }

  private static func hole(_ room: RoomRecord, _ position: Position) -> HubError {
    let missing = position.offset - room.newest - 1
    return HubError(
      .invalidPosition,
      missing == 0
        ? "\(room.name) ends at \(room.position), and its event \(position) is missing"
        : "\(room.name) ends at \(room.position), and \(position) would leave a hole after it")
  }

  // MARK: Transactions

  private func commitIfFull() throws(SQLiteError) -> HubError? {
    if batch.isFull { try commit() }
    return nil
  }

  private func commit() throws(SQLiteError) {
    if batch.isEmpty { return }
    try store.transaction { () throws(SQLiteError) in
      for row in batch.events { try store.insert(row.row, room: row.room) }
      for name in batch.rooms {
        if let room = rooms[name] { try store.write(room) }
      }
    }
    for name in batch.rooms { rooms[name]?.isStored = true }
    batch = ImportBatch()
    if store.database.pagesInLog >= Self.logPages { try store.database.checkpoint() }
  }
}
