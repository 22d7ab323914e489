import HubIO
import HubRooms
import HubWire

/// One connection to Redis, which comes back by itself: commands go in, answers and pushes come out in one order.
///
/// While it is away, commands are refused at once; only those that come during the first try after a good time wait for it,
/// so that neither a start nor a short cut is seen. Touched on its reactor's thread only.
final class RedisLink: @unchecked Sendable {
  enum State {
    /// A try is under way.
    case connecting
    case up(Wire)
    /// The last try has failed.
    case down(reason: String)
    case stopped
  }

  let reactor: Reactor
  let options: RedisOptions
  /// What to call the server.
  let name: String
  /// Where the server is, as it is found before each try.
  let find: (Reactor) async throws(RedisFailure) -> RedisEndpoint
  weak var owner: (any RedisLinkOwner)?

  private(set) var state = State.connecting
  /// In the order in which they were sent, or will be.
  var requests = Queue<RedisRequest>()
  private(set) var requestBytes = 0
  /// How many of the last tries have failed, and why the last one has.
  var failures = 0
  private var lastReason = ""
  private var timer: TimerWheel<TimerAction>.ID?
  /// Since when this connection stands, or has stood; nil before it does.
  var upSince: Moment?
  /// Ends the wait for the next try.
  let pause: Pause
  /// How often it has stood: names the connection of now.
  private(set) var established: UInt64 = 0

  init(
    name: String, reactor: Reactor, options: RedisOptions,
    find: @escaping (Reactor) async throws(RedisFailure) -> RedisEndpoint
  ) {
    self.name = name
    self.reactor = reactor
    self.options = options
    self.find = find
    pause = Pause(reactor: reactor)
  }

  /// Begins to connect, and goes on until ``stop()``.
  func start() {
    watch()
    Task(executorPreference: reactor) { await self.run() }
  }

  func stop() {
    let wasUp = isUp
    if case .up(let wire) = state { wire.close() }
    state = .stopped
    if let timer { reactor.cancel(timer) }
    timer = nil
    pause.end()
    failAll("the hub has ended its connection to Redis", wasSent: wasUp)
  }

  var isUp: Bool { if case .up = state { true } else { false } }
  var isStopped: Bool { if case .stopped = state { true } else { false } }

  /// Why nothing can be sent; nil where it can.
  var absence: String? {
    switch state {
    case .up: nil
    case .connecting: failures == 0 ? nil : lastReason
    case .down(let reason): reason
    case .stopped: "the hub has ended its connection to Redis"
    }
  }

  // MARK: Sending

  /// Sends a command, at the end of the turn together with all others.
  func send(_ request: RedisRequest) {
    var request = request
    if let absence = dropReason ?? absence {
      return request.complete(.failure(.away(absence)))
    }
    let fits = requestBytes + request.bytes.count <= options.queueBytes || requests.isEmpty
    guard requests.count < options.queueEvents, fits else {
      return request.complete(.failure(.full("too much waits for Redis at \(name) (`redis.queue`)")))
    }
    request.since = reactor.now
    requests.append(request)
    requestBytes += request.bytes.count
    if case .up(let wire) = state, dropReason == nil { wire.send(request.bytes) }
  }

  /// What has been answered is taken out of the queue.
  func takeRequest() -> RedisRequest? {
    guard let request = requests.first else { return nil }
    requests.removeFirst()
    requestBytes -= request.bytes.count
    return request
  }

  // MARK: Coming and going

  /// The connection stands: what has waited for it is sent.
  func becomeUp(_ wire: Wire) {
    state = .up(wire)
    upSince = reactor.now
    var waiting = Queue<RedisRequest>()
    swap(&waiting, &requests)
    requestBytes = 0
    established += 1
    // First whoever has to make up for the time without it.
    owner?.linkIsUp(self)
    while let request = waiting.first {
      waiting.removeFirst()
      send(request)
    }
  }

  func becomeDown(_ reason: String) {
    if isStopped { return }
    let wasUp = isUp
    if case .up(let wire) = state { wire.close() }
    failures += 1
    lastReason = reason
    dropReason = nil
    state = .down(reason: reason)
    failAll(reason, wasSent: wasUp)
    owner?.linkIsDown(self, reason: reason, wasUp: wasUp)
  }

  func beginConnecting() {
    if !isStopped { state = .connecting }
  }

  /// Closes the connection, which is established anew.
  func drop(_ reason: String) {
    guard case .up(let wire) = state, dropReason == nil else { return }
    dropReason = reason
    wire.channel.close()
  }
  /// Why it was closed from this side.
  var dropReason: String?

  private func failAll(_ reason: String, wasSent: Bool) {
    while let request = takeRequest() { request.complete(.failure(wasSent ? .lost(reason) : .away(reason))) }
  }

  // MARK: Silence

  /// Looks so often whether Redis answers, and has it answer where nobody else does.
  private func watch() {
    timer = reactor.schedule(after: options.time / 4, .call(self, kind: 0))
  }

  fileprivate func look() {
    watch()
    guard case .up = state else { return giveUpWaiting() }
    if let oldest = requests.first {
      let age = reactor.now - oldest.since
      if age >= options.time { drop("Redis at \(name) does not answer for \(options.time)") }
      return
    }
    send(RedisRequest(Self.ping) { _ in })
  }

  /// What waits for the first try waits no longer than for an answer.
  private func giveUpWaiting() {
    while let oldest = requests.first, reactor.now - oldest.since >= options.time {
      takeRequest()?.complete(.failure(.away("there is no connection to Redis at \(name)")))
    }
  }

  private static let ping = RESPCommand("PING")
}

extension RedisLink: TimerTarget {
  func timerFired(_ kind: UInt8) {
    timer = nil
    look()
  }
}

/// Whoever uses a link.
protocol RedisLinkOwner: AnyObject {
  /// Called before anything is sent that has waited.
  func linkIsUp(_ link: RedisLink)
  func linkIsDown(_ link: RedisLink, reason: String, wasUp: Bool)
  /// Something that nobody asked for.
  func link(_ link: RedisLink, pushed values: [RESPValue])
}
