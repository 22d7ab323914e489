import HubIO
import HubRooms
import HubWire

/// Where each room stands and which keys were used, as the store has it: a pure value.
///
/// What a transaction does to it is planned first, and happens when the transaction is committed (``apply(_:)``). What
/// rooms do meanwhile (they open and close) changes it at once.
struct Book {
  let limits: DiskLimits
  let makeEpoch: @Sendable () -> String
  /// What holds for rooms; nil until that was told.
  var rules: (@Sendable (RoomName) -> RoomRules)?
  /// The epoch of every room that is not here.
  var epoch: String
  /// Whether the store says so too.
  var isEpochStored = true
  var clock: RunningClock
  /// What the store says of the clock.
  var storedClock: Int64
  var keys: KeyBook
  var rooms = RoomTable()
  /// When the latest event was published, by the wall clock; nil before the first of this run.
  var latestTime: Int64?
  /// Rooms that keep more than they may.
  var exceeding = NameQueue()
  /// Rooms whose rows are to go.
  var leaving: [RoomRecord] = []
  /// What rooms without a row have left behind, by their identifiers.
  var purging: Queue<Int64> = Queue()
  /// Where the look over all rooms goes on.
  var sweepSlot = 0
  var freeSlot = 0
  /// Whether time has passed since there was last nothing to do.
  var isTicked = true

  init(_ stored: StoredBook, limits: DiskLimits, makeEpoch: @escaping @Sendable () -> String) {
    self.limits = limits
    self.makeEpoch = makeEpoch
    epoch = stored.epoch
    clock = RunningClock(stored.clock)
    storedClock = stored.clock
    keys = KeyBook(time: limits.idempotency.nanoseconds / 1_000_000, limit: limits.idempotencyKeys)
    keys.load(stored.keys)
    rooms.load(stored.rooms, nextID: stored.nextRoom)
    for id in stored.purging { purging.append(id) }
    for room in stored.rooms where exceeds(room) { exceeding.add(room.name) }
  }

  /// What the room may keep.
  func bounds(of name: RoomName) -> RoomBounds { RoomBounds(rules?(name), limits) }

  func exceeds(_ room: RoomRecord) -> Bool { room.exceeds(bounds(of: room.name), at: latestTime) }

  /// What of the room's events is too much; nil where nothing is.
  func trim(_ room: RoomRecord) -> Trim? { Trim(room, bounds(of: room.name), at: latestTime) }

  // MARK: What rooms do

  mutating func open(_ name: RoomName, at time: Moment) -> RoomPlace {
    clock.advance(to: time)
    return rooms.open(name) { RoomRecord(id: $0, name: name, epoch: epoch) }.place
  }

  mutating func close(_ name: RoomName, at time: Moment) {
    rooms.close(name, at: clock(at: time))
  }

  /// Where the room stands; one that is unknown is at the beginning of the epoch of all such rooms.
  func place(of name: RoomName) -> RoomPlace {
    rooms[name]?.place ?? RoomPlace(newest: Position(epoch: epoch, offset: 0), oldest: 1)
  }

  /// What the running clock shows.
  mutating func clock(at time: Moment?) -> Int64 {
    if let time { clock.advance(to: time) }
    return clock.now
  }

  // MARK: What a batch does

  /// What has come in, an append or a drop; a drop is answered with the place where the room begins anew.
  mutating func take(_ item: WriteQueue.Item, into plan: inout WritePlan) -> [Result<Appended, HubError>] {
    if item.isDrop { return [.success(.fresh(drop(item.room, into: &plan)))] }
    return take(item.batch, of: item.room, into: &plan)
  }

  /// Decides about a batch: what it writes goes into the plan, and what is to be answered after the commit comes back.
  mutating func take(
    _ batch: [NewAppend], of name: RoomName, into plan: inout WritePlan
  ) -> [Result<Appended, HubError>] {
    if let last = batch.last { latestTime = last.time }
    let index = plan.index(of: name) { rooms.record(of: name) { RoomRecord(id: $0, name: name, epoch: epoch) } }
    return batch.map { append in
      Result { () throws(HubError) in try take(append, of: name, index, into: &plan) }
    }
  }

  private func take(
    _ append: NewAppend, of name: RoomName, _ index: Int, into plan: inout WritePlan
  ) throws(HubError) -> Appended {
    guard let key = append.key else {
      return .fresh(append.event.isEphemeral ? nil : plan.add(append, to: index))
    }
    let keyName = KeyUse.Name(room: name, principal: key.principal, text: key.text)
    if let earlier = keys.use(of: keyName, plan.keys, at: plan.clock) {
      guard earlier.digest == key.digest else {
        throw HubError(.conflict, "the idempotency key was used for another event in this room; use a new key")
      }
      return .duplicate(earlier.position, subscribers: earlier.subscribers)
    }
    let position = append.event.isEphemeral ? nil : plan.add(append, to: index)
    keys.remember(key, keyName, (position, append.subscribers), in: &plan.keys, at: plan.clock)
    return .fresh(position)
  }

  /// Drops what there is of the room: it begins anew in another epoch, without a row, like those that never had an event.
  ///
  /// Its keys go with the plan; nothing else may be in that.
  mutating func drop(_ name: RoomName, into plan: inout WritePlan) -> Position {
    let before = rooms[name]
    leave(before?.epoch ?? epoch)
    if !isEpochStored { plan.epoch = epoch }
    let fresh = RoomRecord(id: rooms.takeID(), name: name, epoch: epoch)
    plan.drop = (before.flatMap { $0.isStored ? $0 : nil }, fresh)
    return fresh.position
  }

  /// The drop is committed. Meanwhile the room may have been opened or closed.
  private mutating func replace(_ fresh: RoomRecord) {
    let isOpen = rooms[fresh.name].map { $0.idleSince == nil } ?? false
    rooms.remove(fresh.name)
    if isOpen { rooms.add(fresh) }
    keys.forget(fresh.name)
  }

  /// A room is no longer where it was in this epoch. Where that is the one of all rooms that are not here, they get a
  /// fresh one: this room is one of them now, and no position may name two events.
  mutating func leave(_ epoch: String) {
    guard epoch == self.epoch else { return }
    self.epoch = makeEpoch()
    isEpochStored = false
  }

  /// The plan is committed.
  mutating func apply(_ plan: WritePlan) {
    for (index, room) in plan.rooms.enumerated() where plan.isChanged[index] {
      var room = room
      room.isStored = true
      rooms.apply(room, at: clock.now)
      if exceeds(room) { exceeding.add(room.name) }
    }
    for name in plan.exceeding where rooms[name].map(exceeds) ?? false { exceeding.add(name) }
    keys.apply(plan.keys)
    if let drop = plan.drop { replace(drop.fresh) }
    for room in plan.gone where !room.isEmpty { purging.append(room.id) }
    if plan.isPurged { purging.removeFirst() }
    if plan.epoch == epoch { isEpochStored = true }
    if plan.isWritten { storedClock = plan.clock }
  }

  /// The plan has come to nothing.
  mutating func discard(_ plan: WritePlan) {
    for name in plan.moved { rooms.moved.add(name) }
    for name in plan.exceeding { exceeding.add(name) }
    leaving += plan.leaving
    for room in plan.forgotten {
      // One that has been opened again goes on as it was told, and its old row still has to go.
      if rooms[room.name] == nil { rooms.add(room) } else { leaving.append(room) }
    }
  }
}
