import HubIO
import HubRooms
import HubWire

/// What the engine's callers, its writer and its reader share, each part behind a lock of its own.
final class SharedState: Sendable {
  let limits: DiskLimits
  let book: Lock<Book>
  let queue: Lock<WriteQueue>
  let reads: Lock<ReadQueue>
  let statistics = Lock(EngineStatistics())
  private let clock: (@Sendable () -> Moment)?

  /// - Parameter clock: the monotonic clock; nil for what callers say.
  init(book: sending Book, clock: (@Sendable () -> Moment)?) {
    limits = book.limits
    self.clock = clock
    queue = Lock(WriteQueue(limits: limits))
    reads = Lock(ReadQueue(limits: limits))
    self.book = Lock(book)
  }

  /// Nothing more is taken until the store can be written again; whoever waits for that is told. Damage is for good.
  ///
  /// - Parameter isInDoubt: whether nobody knows now what the last transaction came to; nil where that is as it was.
  /// - Returns: what those are told.
  @discardableResult
  func fail(_ error: SQLiteError, attempt: String, isInDoubt: Bool?) -> HubError {
    let failure = WriteQueue.Failure(
      reason: error.isDamage ? "the store is damaged: \(error)" : "the store cannot be \(attempt): \(error)",
      isFinal: error.isDamage)
    let told = HubError(.engineUnavailable, failure.reason)
    refuse(queue.withLock { $0.fail(failure, isInDoubt: isInDoubt) }, told)
    return told
  }

  /// Tells those that have no answer yet, and counts their events.
  func refuse(_ items: ContiguousArray<WriteQueue.Item>, _ error: HubError) {
    let events = items.reduce(0) { $0 + ($1.continuation == nil ? 0 : $1.batch.count) }
    countRefused(events)
    for item in items { item.fail(error) }
  }

  func countRefused(_ events: Int) {
    if events > 0 { statistics.withLock { $0.failures += UInt64(events) } }
  }

  /// For what is measured.
  func now() -> Moment {
    clock?() ?? book.withLock { $0.clock.moment } ?? Moment(nanoseconds: 0)
  }
}
