import HubRooms
import HubWire

/// What one transaction will write, decided on the book: a pure value. It becomes the book's once it is committed.
struct WritePlan {
  struct NewRow {
    /// Index of the room among ``rooms``.
    let room: Int
    let offset: UInt64
    let append: NewAppend
  }

  /// The rooms that are looked at, as they will be.
  var rooms: ContiguousArray<RoomRecord> = []
  /// Which of them change.
  private(set) var isChanged: ContiguousArray<Bool> = []
  private var indices: [RoomName: Int] = [:]
  private(set) var events: ContiguousArray<NewRow> = []
  var keys = KeyBook.Changes()
  /// Rooms whose rows go. What is left of their events goes later, a few at a time.
  var forgotten: [RoomRecord] = []
  /// The same of rooms that have begun anew already.
  var leaving: [RoomRecord] = []
  /// The room that is dropped: its row, if it has one, and how it begins anew. Then there is nothing else in the plan.
  var drop: (row: RoomRecord?, fresh: RoomRecord)?
  /// Rooms whose rows are to say since when they are idle.
  var moved: [RoomName] = []
  /// Rooms that are looked at as they keep more than they may; there may be too little time for some of them.
  var exceeding: [RoomName] = []
  /// The new epoch of all rooms without a row.
  var epoch: String?
  /// A room without a row whose events go, and how many of them did.
  var purging: Int64?
  var isPurged = false
  /// Events that went.
  var dropped = 0
  /// What the running clock shows, and whether that alone is worth a transaction.
  let clock: Int64
  var savesClock = false
  /// Whether rooms keep more than they may.
  var trims = false
  /// Whether there was something to write.
  var isWritten = false

  init(clock: Int64) {
    self.clock = clock
  }

  var isEmpty: Bool {
    !isChanged.contains(true) && keys.added.isEmpty && keys.dropped == 0 && forgotten.isEmpty && leaving.isEmpty
      && epoch == nil && drop == nil
      && purging == nil && !savesClock && !trims
  }

  /// Rooms whose rows go.
  var gone: [RoomRecord] { forgotten + leaving + (drop?.row.map { [$0] } ?? []) }

  func contains(_ name: RoomName) -> Bool { rooms.last?.name == name || indices[name] != nil }

  /// The room's index among ``rooms``; `record` where it does not change yet.
  mutating func index(of name: RoomName, _ record: () -> RoomRecord) -> Int {
    // Most transactions hold one room, or the same one many times over.
    if let last = rooms.last, last.name == name { return rooms.count - 1 }
    if let index = indices[name] { return index }
    let index = rooms.count
    rooms.append(record())
    isChanged.append(false)
    indices[name] = index
    return index
  }

  /// The room's row is to be written.
  mutating func change(_ index: Int) {
    isChanged[index] = true
  }

  /// Drops what is too much in a room.
  ///
  /// - Returns: how many events went.
  mutating func trim(_ index: Int, _ trim: Trim, limit: Int, _ store: Store) throws(SQLiteError) -> Int {
    let count = try store.trim(&rooms[index], trim, limit: limit)
    dropped += count
    isChanged[index] = true
    return count
  }

  /// Gives the event the room's next position.
  mutating func add(_ append: NewAppend, to index: Int) -> Position {
    rooms[index].newest += 1
    rooms[index].bytes += append.size
    if rooms[index].oldestTime == nil { rooms[index].oldestTime = append.time }
    isChanged[index] = true
    events.append(NewRow(room: index, offset: rooms[index].newest, append: append))
    return rooms[index].position
  }
}

extension NewAppend {
  /// What keeping the event takes: its bytes, and about what the row around them needs.
  var size: Int {
    event.data.count + event.name.text.utf8.count + (event.user?.utf8.count ?? 0) + (event.trace?.utf8.count ?? 0) + 32
  }
}
