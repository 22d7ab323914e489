import HubWire

/// The rooms that the store has a row for, and those that are open without one: a pure value.
///
/// They stand in numbered slots, so that one can look at a few at a time, in an order that is always the same.
struct RoomTable {
  private(set) var slots: ContiguousArray<RoomRecord?> = []
  private var index: [RoomName: Int] = [:]
  private var free: [Int] = []
  /// The first identifier that no room ever had.
  private(set) var nextID: Int64 = 1
  /// Rooms that have left the node: those that still have events, and those that are gone altogether.
  private var left = IdleRooms()
  private var gone = IdleRooms()
  /// Rooms whose rows do not say yet that they were opened or closed.
  var moved = NameQueue()

  var idleCount: Int { left.count + gone.count }

  subscript(_ name: RoomName) -> RoomRecord? {
    index[name].flatMap { slots[$0] }
  }

  /// Takes what the store has.
  mutating func load(_ rooms: [RoomRecord], nextID: Int64) {
    self = RoomTable()
    self.nextID = nextID
    for room in rooms.sorted(by: { ($0.idleSince ?? 0, $0.id) < ($1.idleSince ?? 0, $1.id) }) { add(room) }
  }

  /// An identifier that no room ever had.
  mutating func takeID() -> Int64 {
    defer { nextID += 1 }
    return nextID
  }

  // MARK: What rooms do

  /// The room, which stays from now on until it is closed; `make` is given an identifier for one that is unknown.
  mutating func open(_ name: RoomName, make: (Int64) -> RoomRecord) -> RoomRecord {
    guard let slot = index[name], let room = slots[slot] else {
      let room = make(takeID())
      add(room)
      return room
    }
    if room.idleSince != nil {
      set(slot, since: nil)
      moved.add(name)
    }
    return room
  }

  mutating func close(_ name: RoomName, at clock: Int64) {
    guard let slot = index[name], let room = slots[slot], room.idleSince == nil else { return }
    // There is nothing to remember of one that never had an event: others are where it is.
    guard room.isStored else { return remove(name) }
    set(slot, since: clock)
    moved.add(name)
  }

  // MARK: What transactions do

  /// The room as a transaction begins to change it.
  mutating func record(of name: RoomName, make: (Int64) -> RoomRecord) -> RoomRecord {
    self[name] ?? make(takeID())
  }

  /// A transaction that changed the room is committed. Meanwhile the room may have been opened or closed.
  mutating func apply(_ room: RoomRecord, at clock: Int64) {
    var room = room
    guard let slot = index[room.name], let before = slots[slot] else {
      room.idleSince = clock
      return add(room)
    }
    room.idleSince = before.idleSince
    let wasEmpty = before.isEmpty
    if room.idleSince != nil, wasEmpty != room.isEmpty {
      // It changes from one list to the other: from now on it counts as unused there.
      set(slot, since: nil)
      slots[slot] = room
      slots[slot]?.idleSince = nil
      set(slot, since: clock)
      moved.add(room.name)
    } else {
      slots[slot] = room
    }
  }

  mutating func add(_ room: RoomRecord) {
    let slot = free.popLast() ?? slots.count
    var fresh = room
    fresh.idleSince = nil
    if slot == slots.count { slots.append(fresh) } else { slots[slot] = fresh }
    index[room.name] = slot
    if let since = room.idleSince { set(slot, since: since) }
  }

  mutating func remove(_ name: RoomName) {
    guard let slot = index[name] else { return }
    set(slot, since: nil)
    slots[slot] = nil
    index[name] = nil
    free.append(slot)
  }

  private mutating func set(_ slot: Int, since: Int64?) {
    guard let room = slots[slot] else { return }
    if room.idleSince != nil {
      if room.isEmpty { gone.remove() } else { left.remove() }
    }
    slots[slot]?.idleSince = since
    guard let since else { return }
    if room.isEmpty { gone.add(room.name, since: since) } else { left.add(room.name, since: since) }
    let (slots, index) = (slots, index)
    gone.compact { name, since in index[name].flatMap { slots[$0] }?.isIdle(since: since, empty: true) ?? false }
    left.compact { name, since in index[name].flatMap { slots[$0] }?.isIdle(since: since, empty: false) ?? false }
  }

  // MARK: Forgetting

  /// The room to be forgotten next: one that is gone and was remembered for its time, or the longest unused of too many.
  mutating func forgettable(at clock: Int64, limits: DiskLimits) -> RoomRecord? {
    let (slots, index) = (slots, index)
    func room(_ name: RoomName) -> RoomRecord? { index[name].flatMap { slots[$0] } }
    let isFull = idleCount > limits.rememberedRooms
    if let first = gone.first(isCurrent: { room($0)?.isIdle(since: $1, empty: true) ?? false }),
      isFull || clock - first.since > limits.rememberMilliseconds
    {
      return room(first.name)
    }
    guard isFull else { return nil }
    return left.first { room($0)?.isIdle(since: $1, empty: false) ?? false }.flatMap { room($0.name) }
  }
}
