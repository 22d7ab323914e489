import HubIO
import HubRooms
import HubWire

/// What waits to be told to one target, and the one batch that is under way. A pure value: it is told the time, and what
/// came of each try.
///
/// The events leave in their order, one batch after the other, so the order of each room holds. Each has a number; one
/// that is dropped has had its own, so that the target sees the loss. What waits is bounded, the batch under way included.
struct WebhookQueue {
  struct Limits: Equatable {
    var batchEvents = 100
    var batchTime = Duration.milliseconds(100)
    var events = 10_000
    var bytes = 16 << 20
    var retry = Duration.seconds(3_600)
  }

  /// What to do now.
  enum Step: Equatable {
    /// Nothing waits.
    case idle
    case wait(until: Moment)
    /// Send it, and then say what came of it: nothing else is given out before.
    case send(WebhookBatch)
  }

  /// What a try has come to.
  enum Ending: Equatable {
    case delivered(events: Int)
    /// It is tried again.
    case again(at: Moment)
    /// It was tried for long enough.
    case dropped(events: Int)
  }

  var limits: Limits
  /// What is left is to leave soon: no batch waits for more events.
  private(set) var isHurried = false
  /// Names this queue: its numbers begin anew with it.
  let run: String
  private var events = Queue<[UInt8]>()
  private var bytes = 0
  private var sequence: UInt64 = 0
  /// When the events that wait leave, whether they fill a batch or not; nil until they were seen.
  private var due: Moment?
  private var underWay: Attempt?
  private var batches: UInt64 = 0
  /// Events that were dropped because the queue was full.
  private(set) var overflows: UInt64 = 0

  private struct Attempt {
    let batch: WebhookBatch
    let bytes: Int
    let end: Moment
    var tries = 0
    var next: Moment
    var isOut = false
  }

  /// What bookkeeping an event costs besides its bytes.
  private static let overhead = 64
  /// The most that one request holds, unless a single event is larger.
  private static let batchBytes = 1 << 20
  private static let firstDelay = Duration.milliseconds(500)
  private static let longestDelay = Duration.seconds(60)

  init(limits: Limits, run: String) {
    self.limits = limits
    self.run = run
  }

  /// Events that were taken and are neither delivered nor dropped.
  var count: Int { events.count + (underWay?.batch.events.count ?? 0) }
  var byteCount: Int { bytes + (underWay?.bytes ?? 0) }
  var isEmpty: Bool { count == 0 }

  /// - Returns: false where there is no room for it: it is dropped.
  mutating func append(_ event: WebhookEvent) -> Bool {
    sequence += 1
    guard count < limits.events else { return drop() }
    let encoded = event.encode(sequence: sequence)
    guard byteCount + encoded.count + Self.overhead <= limits.bytes else { return drop() }
    events.append(encoded)
    bytes += encoded.count + Self.overhead
    return true
  }

  private mutating func drop() -> Bool {
    overflows += 1
    return false
  }

  /// The hub ends soon: whatever waits is tried at once, and more often.
  mutating func hurry(at now: Moment) {
    isHurried = true
    tryNow(at: now)
  }

  /// The target may have changed: a batch that failed is tried again at once.
  mutating func tryNow(at now: Moment) {
    if let attempt = underWay, !attempt.isOut { underWay?.next = min(attempt.next, now) }
  }

  mutating func next(at now: Moment) -> Step {
    if let attempt = underWay {
      precondition(!attempt.isOut, "one batch at a time")
      if now < attempt.next { return .wait(until: attempt.next) }
    } else {
      if events.isEmpty { return .idle }
      let due = due ?? now + limits.batchTime
      self.due = due
      if !isFilled, now < due, !isHurried { return .wait(until: due) }
      begin(at: now)
    }
    underWay?.isOut = true
    return underWay.map { .send($0.batch) } ?? .idle
  }

  /// Whether a batch may leave before its time.
  var isReady: Bool { underWay == nil && (isFilled || isHurried && !events.isEmpty) }

  /// What waits fills a request.
  private var isFilled: Bool { events.count >= limits.batchEvents || bytes >= Self.batchBytes }

  private mutating func begin(at now: Moment) {
    var taken: [[UInt8]] = []
    var size = 0
    while taken.count < limits.batchEvents, let event = events.first,
      taken.isEmpty || size + event.count <= Self.batchBytes
    {
      events.removeFirst()
      size += event.count + Self.overhead
      taken.append(event)
    }
    bytes -= size
    due = nil
    batches += 1
    underWay = Attempt(
      batch: WebhookBatch(id: "\(run)-\(batches)", events: taken), bytes: size, end: now + limits.retry, next: now)
  }

  /// - Parameter chance: from 0 up to 1, for how long to wait before the next try.
  mutating func finish(isDelivered: Bool, at now: Moment, chance: Double) -> Ending {
    guard var attempt = underWay, attempt.isOut else { preconditionFailure("no batch was sent") }
    let count = attempt.batch.events.count
    underWay = nil
    if isDelivered { return .delivered(events: count) }
    if now >= attempt.end { return .dropped(events: count) }
    // Full jitter: it spreads hubs that lost the same target at the same moment.
    let limit = isHurried ? Self.firstDelay : min(Self.longestDelay, Self.firstDelay * (1 << min(attempt.tries, 20)))
    attempt.tries += 1
    attempt.next = min(attempt.end, now + limit * chance)
    attempt.isOut = false
    underWay = attempt
    return .again(at: attempt.next)
  }
}

/// Events that leave in one request.
struct WebhookBatch: Equatable {
  /// The same for each try.
  let id: String
  let events: [[UInt8]]

  /// The body of the request.
  func body(node: String, run: String) -> [UInt8] {
    JSONWriter.object(capacity: events.reduce(256) { $0 + $1.count + 1 }) { json in
      json.member("id", id)
      json.member("node", node)
      json.member("run", run)
      json.key("events")
      json.beginArray()
      for event in events { json.raw(event) }
      json.endArray()
    }
  }
}
