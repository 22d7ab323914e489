import Glibc
import HubIO
import HubRooms
import HubWire

/// Writes what waits, all of it in one transaction, and answers once that lasts. Used by one thread at a time.
final class Writer: @unchecked Sendable {
  let shared: SharedState
  let files: StoreFiles
  /// Nil after an error that leaves the connection in doubt, until it is opened anew.
  var store: Store?
  /// Whether the store uses more than it may.
  private var isOverfull = false
  private let logPages: Int
  /// The last transaction with events: how many, and how long it took.
  private var last = (events: 0, time: Duration.zero)

  /// Past so many pages the log is moved into the database.
  private static let logPages = 4000
  /// From this on a transaction takes so long that waiting for others to share it pays.
  private static let slow = Duration.microseconds(500)
  private static let longestPause = Duration.milliseconds(2)
  private static let pageBytes = 4096
  /// Events that a transaction drops at most, besides two for each that it takes.
  private static let droppedAtOnce = 512
  /// How many rooms a transaction asks for space.
  private static let askedAtOnce = 8

  init(_ store: Store, _ files: StoreFiles, _ shared: SharedState) {
    self.store = store
    self.files = files
    self.shared = shared
    if let size = try? store.size() { shared.statistics.withLock { $0.bytes = size.all } }
    logPages = max(64, min(Self.logPages, shared.limits.bytes / 8 / Self.pageBytes))
  }

  /// Does the next thing that is to be done; false where there is nothing.
  func work() -> Bool {
    guard let store else { return probe() }
    if shared.queue.withLock({ $0.failure != nil }) { return probe() }
    let items = shared.queue.withLock { $0.take() }
    do throws(SQLiteError) {
      if items.isEmpty { return try maintain(store) }
      try write(items, store)
      try checkpoint(store)
    } catch {
      fail(error)
    }
    return true
  }

  /// Waits a moment for those who were answered last: they come back together, and share one transaction then. Else the
  /// first of them would have one of its own, and the others would wait for it.
  func gather() {
    guard last.time >= Self.slow, last.events >= 4 else { return }
    let waiting = shared.queue.withLock { $0.events }
    guard waiting > 0, waiting < last.events / 2 else { return }
    usleep(UInt32(min(last.time / 8, Self.longestPause).nanoseconds / 1000))
  }

  // MARK: Events

  private func write(_ items: ContiguousArray<WriteQueue.Item>, _ store: Store) throws(SQLiteError) {
    let started = shared.now()
    var plan = WritePlan(clock: shared.book.withLock { $0.clock(at: items.last?.since) })
    let answers = items.map { item in shared.book.withLock { $0.take(item, into: &plan) } }
    if plan.drop == nil { shared.book.withLock { $0.maintain(&plan) } }
    try commit(&plan, store)
    // Duplicates alone need no transaction.
    if plan.isWritten { count(plan.events.count, shared.now() - started) }
    for (item, answers) in zip(shared.queue.withLock({ $0.finish() }), answers) {
      item.continuation?.resume(returning: answers)
    }
  }

  private func count(_ events: Int, _ time: Duration) {
    last = (events, time)
    shared.statistics.withLock { statistics in
      statistics.commits += 1
      statistics.appended += UInt64(events)
      statistics.commitTimes.observe(time)
    }
  }

  /// A transaction without events, where there is something else to do.
  func maintain(_ store: Store) throws(SQLiteError) -> Bool {
    guard shared.book.withLock({ $0.needsMaintenance() }) || isOverfull else { return false }
    var plan = WritePlan(clock: shared.book.withLock { $0.clock.now })
    shared.book.withLock { $0.maintain(&plan) }
    try commit(&plan, store)
    try checkpoint(store)
    // There may be more of the same.
    if plan.isWritten { shared.book.withLock { $0.isTicked = true } }
    return true
  }

  /// Makes the plan last; then, and only then, it is what rooms are told.
  private func commit(_ plan: inout WritePlan, _ store: Store) throws(SQLiteError) {
    do throws(SQLiteError) {
      if !plan.isEmpty || isOverfull {
        try store.transaction { () throws(SQLiteError) in try write(&plan, store) }
      }
    } catch {
      shared.book.withLock { $0.discard(plan) }
      throw error
    }
    shared.book.withLock { $0.apply(plan) }
    measure(store, after: plan)
    if plan.dropped > 0 { shared.statistics.withLock { $0.dropped += UInt64(plan.dropped) } }
  }

  private func write(_ plan: inout WritePlan, _ store: Store) throws(SQLiteError) {
    // First, as a room that is forgotten may begin anew in the same transaction.
    for room in plan.gone { try store.forget(room) }
    if let epoch = plan.epoch { try store.set("epoch", epoch) }
    for row in plan.events { try store.insert(row, room: plan.rooms[row.room].id) }
    try trim(&plan, store)
    for (index, room) in plan.rooms.enumerated() where plan.isChanged[index] { try store.write(room) }
    for use in plan.keys.added { try store.insert(use) }
    if let last = plan.keys.droppedThrough { try store.deleteKeys(through: last) }
    if let drop = plan.drop { try store.deleteKeys(of: drop.fresh.name) }
    try store.set("clock", plan.clock)
    plan.isWritten = true
  }

  // MARK: Retention

  /// Drops what is too much in the rooms that are looked at, and then what is too much in all of them.
  private func trim(_ plan: inout WritePlan, _ store: Store) throws(SQLiteError) {
    var left = Self.droppedAtOnce + 2 * plan.events.count
    for index in plan.rooms.indices where left > 0 {
      let room = plan.rooms[index]
      guard let trim = shared.book.withLock({ $0.trim(room) }) else { continue }
      left -= try plan.trim(index, trim, limit: left, store)
    }
    for _ in 0..<Self.askedAtOnce where isOverfull && left > 0 {
      guard let room = shared.book.withLock({ $0.furthestBack() }) else { break }
      let index = plan.index(of: room.name) { room }
      left -= try plan.trim(index, Trim(quarterOf: plan.rooms[index]), limit: left, store)
    }
    if let id = plan.purging, left > 0 {
      let purged = try store.purge(id, limit: left)
      plan.isPurged = purged < left
      plan.dropped += purged
    }
  }

  private func measure(_ store: Store, after plan: WritePlan) {
    // Where even that cannot be read, the next transaction fails.
    guard plan.isWritten, let size = try? store.size() else { return }
    // What the log will bring is counted before it comes. Where nothing is left to drop, it waits for the next events.
    let isTooLarge = size.used > shared.limits.bytes - logPages * Self.pageBytes
    isOverfull = isTooLarge && (plan.dropped > 0 || !plan.events.isEmpty)
    shared.statistics.withLock { $0.bytes = size.all }
  }

  // MARK: The write-ahead log

  /// Moves the log into the database between two transactions, before it is long: each such step is short then.
  private func checkpoint(_ store: Store) throws(SQLiteError) {
    if store.database.pagesInLog >= logPages { try store.database.checkpoint() }
  }

  /// Closes the store; what is in the log goes into the database first.
  func close() {
    guard let store else { return }
    self.store = nil
    do throws(SQLiteError) {
      let clock = shared.book.withLock { $0.clock.now }
      try store.transaction { () throws(SQLiteError) in try store.set("clock", clock) }
      try store.database.checkpoint(emptying: true)
    } catch {
      fail(error)
    }
  }
}
