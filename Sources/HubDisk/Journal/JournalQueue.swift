import HubIO
import HubRooms
import HubWire

/// What is asked of a journal and waits for its thread, and what that has in hands. Behind a lock.
struct JournalQueue {
  private struct Item {
    let request: JournalRequest
    /// The first tick after it came.
    var since: Moment?

    /// Whether it has waited too long. A tick is early enough to begin counting.
    mutating func isLate(at time: Moment, _ limit: Duration) -> Bool {
      if let since { return time - since > limit }
      since = time
      return false
    }
  }

  private let limits: JournalLimits
  private var waiting: ContiguousArray<Item> = []
  private var taken: ContiguousArray<Item> = []
  /// Of both.
  private(set) var events = 0
  private var bytes = 0
  private(set) var isStopping = false
  /// The thread takes longer than it may.
  private var isStalled = false

  /// What one transaction takes at most.
  private static let transactionEvents = 8192
  private static let transactionBytes = 32 << 20

  init(limits: JournalLimits) {
    self.limits = limits
  }

  private var stalled: HubError {
    HubError(.engineUnavailable, "the journal's disk has not answered for \(limits.time.inSeconds) seconds")
  }

  /// - Returns: why it is not taken; nil where it is.
  mutating func add(_ request: JournalRequest) -> HubError? {
    if isStopping { return HubError(.engineUnavailable, "the journal is closing") }
    if isStalled { return stalled }
    if !waiting.isEmpty || !taken.isEmpty {
      if events + request.events > limits.queueEvents {
        return HubError(
          .engineUnavailable,
          "\(events) events wait to be written to the journal, the limit is \(limits.queueEvents) (`redis.queue.events`)"
        )
      }
      if bytes + request.bytes > limits.queueBytes {
        return HubError(
          .engineUnavailable,
          "\(bytes) bytes wait to be written to the journal, the limit is \(limits.queueBytes) (`redis.queue.bytes`)")
      }
    }
    waiting.append(Item(request: request))
    events += request.events
    bytes += request.bytes
    return nil
  }

  /// What goes into the next transaction.
  mutating func take() -> [JournalRequest] {
    isStalled = false
    var (count, events, bytes) = (0, 0, 0)
    while count < waiting.count {
      events += waiting[count].request.events
      bytes += waiting[count].request.bytes
      if count > 0, events > Self.transactionEvents || bytes > Self.transactionBytes { break }
      count += 1
    }
    taken = ContiguousArray(waiting[..<count])
    waiting.removeFirst(count)
    return taken.map(\.request)
  }

  /// The transaction has ended.
  mutating func finish() {
    isStalled = false
    for item in taken { leave(item) }
    taken = []
  }

  mutating func stop() {
    isStopping = true
  }

  /// Gives up what has waited too long: what is in the thread's hands may still be taken, the rest is not.
  ///
  /// - Returns: those to be told, and why.
  mutating func expire(at time: Moment) -> (late: [JournalRequest], reason: HubError) {
    var late: [JournalRequest] = []
    for index in taken.indices where taken[index].isLate(at: time, limits.time) { late.append(taken[index].request) }
    var first = 0
    for index in waiting.indices where waiting[index].isLate(at: time, limits.time) { first = index + 1 }
    for item in waiting[..<first] {
      late.append(item.request)
      leave(item)
    }
    waiting.removeFirst(first)
    // Until the thread comes back for more.
    if !late.isEmpty { isStalled = true }
    return (late, stalled)
  }

  private mutating func leave(_ item: Item) {
    events -= item.request.events
    bytes -= item.request.bytes
  }
}
