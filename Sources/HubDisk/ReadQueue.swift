import HubIO
import HubRooms
import HubWire

/// The reads that wait, and the one under way. Behind a lock.
struct ReadQueue {
  struct Item {
    let room: RoomName
    let offset: UInt64
    let end: UInt64
    let limit: ReadLimit
    /// When it was asked for.
    let since: Moment
    /// Nil once it is answered.
    var continuation: Continuation?
  }

  typealias Continuation = UnsafeContinuation<Result<StoredPart, HubError>, Never>

  private let time: Duration
  private var waiting: Queue<Item> = Queue()
  private var taken: Item?
  private(set) var isStopping = false

  /// Each is small; past this many the disk is far behind.
  private static let limit = 65_536

  init(limits: DiskLimits) {
    time = limits.time
  }

  var isEmpty: Bool { waiting.isEmpty && taken == nil }

  var refusal: HubError? {
    if isStopping { return HubError(.engineUnavailable, "the store is closing") }
    guard waiting.count >= Self.limit else { return nil }
    return HubError(.engineUnavailable, "\(Self.limit) reads wait for the disk; try again later")
  }

  mutating func add(_ item: Item) {
    waiting.append(item)
  }

  mutating func take() -> Item? {
    guard let item = waiting.first else { return nil }
    waiting.removeFirst()
    taken = item
    return item
  }

  /// - Returns: whom to answer; nil where that was done in the meantime.
  mutating func finish() -> Continuation? {
    defer { taken = nil }
    return taken?.continuation
  }

  mutating func stop() {
    isStopping = true
  }

  /// Gives up what has waited too long.
  mutating func expire(at now: Moment) -> [Continuation] {
    var late: [Continuation] = []
    if let item = taken, now - item.since > time, let continuation = item.continuation {
      late.append(continuation)
      taken?.continuation = nil
    }
    while let item = waiting.first, now - item.since > time {
      waiting.removeFirst()
      if let continuation = item.continuation { late.append(continuation) }
    }
    return late
  }
}
