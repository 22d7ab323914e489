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
  /// - Returns: what those are told.
  @discardableResult
  func fail(_ error: SQLiteError, attempt: String) -> HubError {
    let failure = WriteQueue.Failure(
      reason: error.isDamage ? "the store is damaged: \(error)" : "the store cannot be \(attempt): \(error)",
      isFinal: error.isDamage, isInDoubt: !error.isFull)
    statistics.withLock { $0.failures += 1 }
    let told = HubError(.engineUnavailable, failure.reason)
    for item in queue.withLock({ $0.fail(failure) }) { item.fail(told) }
    return told
  }

  /// For what is measured.
  func now() -> Moment {
    clock?() ?? book.withLock { $0.clock.moment } ?? Moment(nanoseconds: 0)
  }
}
