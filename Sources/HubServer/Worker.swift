import HubIO
import HubRooms
import HubWire
import Synchronization

/// One reactor and what of the hub lives on it: its connections, its fan-out, its counters. Touched on its thread only.
final class Worker: @unchecked Sendable {
  let reactor: Reactor
  let node: Node
  let fanout: Fanout
  /// All workers of the node, for what adds up over them. Set once, before any connection is accepted.
  var siblings: [Worker] = []
  /// Every open connection, in no order; each knows its place.
  private(set) var connections: ContiguousArray<Connection> = []
  /// Its streams by user.
  var users = UserIndex()
  /// TLS handshakes that are under way here.
  private var handshakes = HandshakeQueue()
  var statistics = WorkerStatistics()
  /// Who may do what; a reload replaces it.
  var policy: Policy {
    didSet {
      admittedHost = nil
      backends.adopt(policy)
    }
  }
  /// Who decides what clients may do.
  let backends: Backends
  /// The host that the last request was let in for.
  var admittedHost: String?
  private var date = HTTPDate()

  init(reactor: Reactor, node: Node, policy: Policy) {
    self.policy = policy
    self.reactor = reactor
    self.node = node
    fanout = node.directory.fanouts[reactor.index]
    backends = Backends(
      reactor: reactor, node: node.name, log: node.log, shares: node.directory.fanouts.count)
    backends.adopt(policy)
  }

  /// Takes a connection that was accepted; one that is too many is only told so, and of those only a few.
  ///
  /// - Parameter resources: what can be reached over it; nil for what the hub's own listener has.
  func accept(_ descriptor: Int32, from peer: IPAddress, for resources: ResourceSet? = nil) {
    statistics.accepted += 1
    let count = node.connections.add(1, ordering: .relaxed).newValue
    let welcome = welcome(peer, count)
    let channel = Channel(descriptor: descriptor, reactor: reactor)
    guard !welcome.isShed, beginTLS(on: channel) else {
      node.connections.subtract(1, ordering: .relaxed)
      welcome.place?.leave(node.admission)
      return reactor.kernel.close(descriptor)
    }
    reactor.add(channel)
    let connection = Connection(
      channel: channel, worker: self, peer: peer, refusal: welcome.refusal, resources: resources ?? node.resources)
    connection.assumeIsolated {
      $0.rosterIndex = connections.count
      $0.place = welcome.place
    }
    connections.append(connection)
    connection.assumeIsolated { $0.start() }
  }

  /// - Returns: false where there is no room for one more handshake.
  private func beginTLS(on channel: Channel) -> Bool {
    node.tls.map { handshakes.begin(on: channel, with: $0) } ?? true
  }

  func remove(_ connection: Connection, at index: Int) {
    let last = connections.removeLast()
    if index < connections.count {
      connections[index] = last
      last.assumeIsolated { $0.rosterIndex = index }
    }
    node.connections.subtract(1, ordering: .relaxed)
  }

  /// A reload has replaced the policy: rooms take its rules, and streams whose credential it no longer knows end.
  func adopt(_ policy: Policy) {
    self.policy = policy
    node.directory.homes[reactor.index].assumeIsolated { $0.adopt { policy.namespaces.rules(for: $0) } }
    for connection in connections { connection.assumeIsolated { $0.reconsider(policy) } }
  }

  /// Begins to look after the engine; on one worker only.
  func watchEngine() {
    let watch = EngineWatch(node: node, reactor: reactor)
    Task.immediate(executorPreference: reactor) { await watch.run() }
  }

  /// Begins to look after the node itself, and the others; on one worker only.
  func watchNode() {
    let watch = NodeWatch(worker: self)
    Task.immediate(executorPreference: reactor) { await watch.run() }
  }

  /// Counts an error that somebody was told.
  func count(_ code: ErrorCode) {
    statistics.errors[code, default: 0] += 1
  }

  /// The value of a `Date` field, made once a second.
  var dateField: String {
    date.text(at: reactor.kernel.wallTime() / 1000)
  }

  /// Runs `body` on this worker's thread.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (Worker) async -> Result) async -> Result {
    await Task(executorPreference: reactor) { await body(self) }.value
  }
}

/// What one worker counts.
struct WorkerStatistics: Sendable {
  var accepted: UInt64 = 0
  var webSockets = 0
  var eventStreams = 0
  /// Answers, by status.
  private(set) var answers = [UInt64](repeating: 0, count: 600)
  var errors: [ErrorCode: UInt64] = [:]
  var messagesIn: UInt64 = 0
  var heartbeatTimeouts: UInt64 = 0
  /// Who was refused, by the limit.
  var refused = LimitCounts()
  var proxyHeaderErrors: UInt64 = 0
  /// Events that an engine which was away has not got: those that wait for it, and those that are kept nowhere.
  private(set) var queued: UInt64 = 0
  private(set) var local: UInt64 = 0

  mutating func count(_ publication: Publication) {
    switch publication.fallback {
    case .queued: queued += 1
    case .local: local += 1
    case nil: break
    }
  }

  mutating func countAnswer(_ status: Int) {
    answers[min(status, answers.count - 1)] += 1
  }

  mutating func add(_ other: WorkerStatistics) {
    accepted += other.accepted
    webSockets += other.webSockets
    eventStreams += other.eventStreams
    messagesIn += other.messagesIn
    heartbeatTimeouts += other.heartbeatTimeouts
    refused.add(other.refused)
    proxyHeaderErrors += other.proxyHeaderErrors
    queued += other.queued
    local += other.local
    for status in answers.indices { answers[status] += other.answers[status] }
    errors.merge(other.errors, uniquingKeysWith: +)
  }
}
