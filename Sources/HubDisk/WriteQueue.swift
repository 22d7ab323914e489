import HubIO
import HubRooms
import HubWire

/// What waits to be written, what is being written, and whether anything is taken at all. Behind a lock.
struct WriteQueue {
  /// A batch of one room, or that the room is dropped, and who waits for the answers.
  struct Item {
    let room: RoomName
    let batch: [NewAppend]
    /// Whether the room is dropped. A transaction of its own does that.
    let isDrop: Bool
    /// When it was handed in.
    let since: Moment
    let bytes: Int
    /// Nil once it is answered.
    var continuation: Continuation?

    /// - Parameter batch: nil where the room is dropped.
    init(room: RoomName, batch: [NewAppend]?, since: Moment, continuation: Continuation?) {
      self.room = room
      self.batch = batch ?? []
      isDrop = batch == nil
      self.since = since
      self.continuation = continuation
      bytes = self.batch.reduce(0) { $0 + $1.size }
    }

    /// What it counts for among what waits.
    var count: Int { isDrop ? 1 : batch.count }

    func fail(_ error: HubError) {
      continuation?.resume(returning: Array(repeating: .failure(error), count: count))
    }
  }

  typealias Continuation = UnsafeContinuation<[Result<Appended, HubError>], Never>

  private let limits: DiskLimits
  private var waiting: ContiguousArray<Item> = []
  private var waitingBytes = 0
  /// In the writer's hands.
  private var taken: ContiguousArray<Item> = []
  /// Events that wait, and those in the writer's hands.
  private(set) var events = 0
  private(set) var isStopping = false
  /// Why nothing is taken; nil while all is well.
  private(set) var failure: Failure?
  /// Nobody knows what the last transaction came to.
  private var isInDoubt = false
  /// The writer takes longer than it may.
  private var isStalled = false
  private var lastProbe: Moment?
  private var isProbeDue = false

  struct Failure: Equatable {
    var reason: String
    /// It does not go away by itself.
    var isFinal: Bool
  }

  /// What one transaction takes at most, and how often a store that has failed is tried.
  private static let transactionEvents = 8192
  private static let transactionBytes = 32 << 20
  private static let probeInterval = Duration.seconds(1)

  init(limits: DiskLimits) {
    self.limits = limits
  }

  var health: EngineHealth {
    if let failure { return .down(reason: failure.reason) }
    return isStalled ? .down(reason: stalled) : .up
  }

  /// Why nobody can say where rooms stand: a transaction may or may not have been taken. Nil where that is known.
  var doubt: HubError? {
    guard isStalled || isInDoubt, case .down(let reason) = health else { return nil }
    return HubError(.engineUnavailable, reason)
  }

  private var stalled: String {
    "the disk has not answered for \(limits.time.inSeconds) seconds (`disk.time`)"
  }

  // MARK: What comes in

  /// Why a batch cannot be taken now; nil where it can.
  func refusal(of item: Item) -> HubError? {
    if case .down(let reason) = health { return HubError(.engineUnavailable, reason) }
    if isStopping { return HubError(.engineUnavailable, "the store is closing") }
    if events == 0 { return nil }
    if events + item.count > limits.queueEvents {
      return HubError(
        .engineUnavailable,
        "\(events) events wait to be written, the limit is \(limits.queueEvents) (`disk.queue.events`)")
    }
    if waitingBytes + item.bytes > limits.queueBytes {
      return HubError(
        .engineUnavailable,
        "\(waitingBytes) bytes wait to be written, the limit is \(limits.queueBytes) (`disk.queue.bytes`)")
    }
    return nil
  }

  /// - Returns: whether the writer may be asleep.
  mutating func add(_ item: Item) -> Bool {
    waiting.append(item)
    waitingBytes += item.bytes
    events += item.count
    return waiting.count == 1
  }

  // MARK: The writer's side

  /// What goes into the next transaction.
  mutating func take() -> ContiguousArray<Item> {
    isStalled = false
    var count = 0
    var events = 0
    var bytes = 0
    while count < waiting.count {
      events += waiting[count].count
      bytes += waiting[count].bytes
      if count > 0, waiting[count].isDrop || waiting[count - 1].isDrop { break }
      if count > 0, events > Self.transactionEvents || bytes > Self.transactionBytes { break }
      count += 1
    }
    if count == waiting.count {
      swap(&taken, &waiting)
    } else {
      taken = ContiguousArray(waiting[..<count])
      waiting.removeFirst(count)
    }
    return taken
  }

  /// The transaction has ended.
  ///
  /// - Returns: what was in it, with the continuations of those that have no answer yet.
  mutating func finish() -> ContiguousArray<Item> {
    isStalled = false
    for item in taken {
      waitingBytes -= item.bytes
      events -= item.count
    }
    defer { taken = [] }
    return taken
  }

  /// Whether a store that has failed is to be tried now.
  mutating func takeProbe() -> Bool {
    defer { isProbeDue = false }
    return isProbeDue
  }

  /// - Parameter isInDoubt: whether nobody knows now what the last transaction came to; nil where that is as it was.
  /// - Returns: those that wait and are not to.
  mutating func fail(_ failure: Failure, isInDoubt: Bool?) -> ContiguousArray<Item> {
    if let isInDoubt { self.isInDoubt = isInDoubt }
    // Damage stays what it is, whatever else happens.
    if self.failure?.isFinal ?? false == false { self.failure = failure }
    isProbeDue = false
    defer {
      waiting = []
      waitingBytes = taken.reduce(0) { $0 + $1.bytes }
      events = taken.reduce(0) { $0 + $1.count }
    }
    return waiting
  }

  mutating func recover() {
    failure = nil
    isInDoubt = false
    isProbeDue = false
  }

  mutating func stop() {
    isStopping = true
  }

  // MARK: Time

  /// Gives up what has waited too long.
  ///
  /// - Returns: those to be told, and why; what is being written may still be taken.
  mutating func expire(at time: Moment) -> (items: ContiguousArray<Item>, reason: HubError) {
    if let failure, !failure.isFinal, time - (lastProbe ?? .init(nanoseconds: 0)) >= Self.probeInterval {
      lastProbe = time
      isProbeDue = true
    }
    var late: ContiguousArray<Item> = []
    for index in taken.indices where taken[index].continuation != nil && time - taken[index].since > limits.time {
      late.append(taken[index])
      taken[index].continuation = nil
    }
    let first = waiting.firstIndex { time - $0.since <= limits.time } ?? waiting.count
    for item in waiting[..<first] {
      waitingBytes -= item.bytes
      events -= item.count
    }
    late += waiting[..<first]
    waiting.removeFirst(first)
    // Until the writer comes back for more.
    if !late.isEmpty { isStalled = true }
    return (late, HubError(.engineUnavailable, stalled))
  }
}
