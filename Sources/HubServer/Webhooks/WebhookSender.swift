import HubIO
import HubWire

/// Tells one target what it shall know. Events are appended on any thread, under a lock that is held for no longer than
/// that takes; everything else happens on one reactor.
final class WebhookSender: @unchecked Sendable {
  /// What is shared with those who append.
  private struct State {
    var queue: WebhookQueue
    var target: HTTPTarget
    var time: Duration
    var counts = WebhookCounts()
    /// The task waits: for something to send, or for its time.
    var isAsleep = false
    var isStopped = false
  }

  let name: String
  private let node: String
  private let reactor: Reactor
  private let log: Log
  private let state: Lock<State>

  // On the reactor's thread only.
  private let pause: Pause
  private var caller: HTTPCaller?
  private var toldOverflows: UInt64 = 0
  private var toldAt: Moment?
  /// The tries of the batch under way fail, and the log knows.
  private var isTroubled = false

  private static let napTime = Duration.seconds(3_600)
  /// How often the log is told of events that were dropped.
  private static let tellTime = Duration.seconds(10)
  /// What is looked at of an answer is its status: behind a longer body its connection is closed.
  private static let maximumAnswer = 64 << 10

  init(target: HTTPTarget, settings: WebhookSettings, node: String, reactor: Reactor, log: Log) {
    name = target.name
    self.node = node
    self.reactor = reactor
    self.log = log
    pause = Pause(reactor: reactor)
    let queue = WebhookQueue(limits: WebhookQueue.Limits(settings), run: ConnectionID.random().description)
    state = Lock(State(queue: queue, target: target, time: settings.time))
  }

  // MARK: On any thread

  func append(_ event: WebhookEvent) {
    wake { state in
      let wasEmpty = state.queue.isEmpty
      state.counts.events += 1
      return state.queue.append(event) && (wasEmpty || state.queue.isReady)
    }
  }

  /// A reload: what waits goes to the target as it is now, at once where it has failed before.
  func adopt(_ target: HTTPTarget, _ settings: WebhookSettings) {
    let now = reactor.kernel.now()
    wake { state in
      state.target = target
      state.time = settings.time
      state.queue.limits = WebhookQueue.Limits(settings)
      state.queue.tryNow(at: now)
      return true
    }
  }

  /// Nothing more is sent: the target is not told any more.
  func stop() {
    wake { state in
      state.isStopped = true
      return true
    }
  }

  /// The hub ends soon: what waits is sent at once.
  func hurry() {
    let now = reactor.kernel.now()
    wake { state in
      state.queue.hurry(at: now)
      return true
    }
  }

  var isEmpty: Bool { state.withLock { $0.queue.isEmpty } }

  var counts: WebhookCounts {
    state.withLock { state in
      var counts = state.counts
      counts.waiting = state.queue.count
      counts.waitingBytes = state.queue.byteCount
      counts.overflows = state.queue.overflows
      return counts
    }
  }

  /// - Parameter change: says whether the task has something to do before the time that it waits for.
  private func wake(_ change: (inout State) -> Bool) {
    let wakes = state.withLock { state in
      guard change(&state), state.isAsleep else { return false }
      state.isAsleep = false
      return true
    }
    if wakes { Task(executorPreference: reactor) { self.pause.end() } }
  }

  // MARK: On the reactor's thread

  /// Sends until it is stopped.
  func run() async {
    while let step = nextStep() {
      tellOverflows()
      switch step {
      case .idle: await pause.wait(for: Self.napTime)
      case .wait(let moment): await pause.wait(for: max(.zero, moment - reactor.kernel.now()))
      case .send(let batch): await deliver(batch)
      }
    }
    caller?.close()
    let left = counts.waiting
    if left > 0 { log.warning("webhooks dropped", fields + [LogField("events", left), LogField("reason", "removed")]) }
  }

  /// Nil once it is stopped.
  private func nextStep() -> WebhookQueue.Step? {
    state.withLock { state in
      if state.isStopped { return nil }
      let step = state.queue.next(at: reactor.kernel.now())
      if case .send = step { state.isAsleep = false } else { state.isAsleep = true }
      return step
    }
  }

  private func deliver(_ batch: WebhookBatch) async {
    let (target, time, run) = state.withLock { ($0.target, $0.time, $0.queue.run) }
    let problem = await attempt(batch, target, time, run)
    let now = reactor.kernel.now()
    let ending = state.withLock { state in
      let ending = state.queue.finish(isDelivered: problem == nil, at: now, chance: Double.random(in: 0..<1))
      state.counts.note(ending)
      return ending
    }
    switch ending {
    case .delivered:
      if isTroubled { log.info("webhooks are taken again", fields) }
      isTroubled = false
    case .again:
      if !isTroubled {
        log.warning("a webhook failed and is tried again", fields + [LogField("reason", problem ?? "")])
      }
      isTroubled = true
    case .dropped(let events):
      log.error("webhooks dropped", fields + [LogField("events", events), LogField("reason", problem ?? "")])
    }
  }

  /// - Returns: why the target has not taken it; nil where it has.
  private func attempt(_ batch: WebhookBatch, _ target: HTTPTarget, _ time: Duration, _ run: String) async -> String? {
    do throws(WireError) {
      let answer = try await caller(for: target).post(
        id: batch.id, body: batch.body(node: node, run: run), until: reactor.kernel.now() + time)
      return answer.isSuccess ? nil : "it answered \(answer.head.status)"
    } catch {
      return error.reason
    }
  }

  private func caller(for target: HTTPTarget) -> HTTPCaller {
    if let caller, caller.target.isSame(as: target) { return caller }
    caller?.close()
    let made = HTTPCaller(
      target: target, reactor: reactor, maximumAnswer: Self.maximumAnswer, maximumIdle: 1, readsBodies: false)
    caller = made
    return made
  }

  private func tellOverflows() {
    let overflows = state.withLock { $0.queue.overflows }
    guard overflows > toldOverflows else { return }
    if let toldAt, reactor.now - toldAt < Self.tellTime { return }
    log.error(
      "webhooks dropped",
      fields + [LogField("events", Int(overflows - toldOverflows)), LogField("reason", "the queue is full")])
    toldOverflows = overflows
    toldAt = reactor.now
  }

  private var fields: [LogField] { [LogField("target", name)] }
}

extension WebhookQueue.Limits {
  init(_ settings: WebhookSettings) {
    self.init(
      batchEvents: settings.batch.events, batchTime: settings.batch.time, events: settings.queue.events,
      bytes: settings.queue.bytes, retry: settings.retry)
  }
}
