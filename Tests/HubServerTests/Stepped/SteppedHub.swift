import Glibc
import HubIO
import HubTesting
import HubWire
import Synchronization

@testable import HubRooms
@testable import HubServer

/// A whole hub on stepped reactors: everything of the daemon but its sockets, its threads and its clock.
///
/// It can end, in good order or not, and begin anew: what is left of the old one does nothing any more. Several, as nodes
/// that share an engine, are one too: clients come to any of them, and each can end for itself.
final class SteppedHub {
  let stepped: SteppedReactors
  let network: SimulatedNetwork
  private(set) var nodes: [Node]
  /// Of all nodes, as many of each.
  private(set) var workers: [Worker]
  private var settings: Settings
  private let streamEvents: Int
  private let streamBytes: Int
  /// Tasks of hubs that have ended stay suspended for good, and point to what is in here.
  private var remains: [(Node, [Worker])] = []
  /// The only node, or the first.
  var node: Node { nodes[0] }
  /// Workers of this hub that have not drained yet; nil where it is not draining.
  private var draining: Lock<Int>?

  /// Nobody reads what it says.
  private static let log = Log(level: .error, style: .json, descriptor: Glibc.open("/dev/null", O_WRONLY))

  /// - Parameters:
  ///   - reactors: of each node.
  ///   - engine: where events live; nil for a memory engine with the limits of the settings.
  ///   - others: the engines of the other nodes.
  init(
    seed: UInt64, reactors: Int, settings: Settings, engine: (any Engine)? = nil, others: [any Engine] = [],
    streamEvents: Int = 8192, streamBytes: Int = 32 << 20, clock: SimulatedClock = SimulatedClock()
  ) {
    let count = reactors * (1 + others.count)
    stepped = SteppedReactors(count: count, perProcess: reactors, seed: seed, clock: clock)
    self.settings = settings
    self.settings.reactors = reactors
    self.streamEvents = streamEvents
    self.streamBytes = streamBytes
    network = SimulatedNetwork(stepped.kernels)
    nodes = []
    workers = []
    for engine in [engine ?? MemoryEngine(settings, makeEpoch: EpochNames().next)] + others {
      let (node, workers) = assemble(stepped.reactors[self.workers.count..<self.workers.count + reactors], engine)
      nodes.append(node)
      self.workers += workers
    }
    for index in nodes.indices { begin(index) }
    stepped.participants = [network, Acceptor(self)]
  }

  private func assemble(_ reactors: ArraySlice<Reactor>, _ engine: any Engine) -> (Node, [Worker]) {
    let policy = try! Policy(settings)
    let name = (engine as? SharedEngine)?.node ?? "stepped"
    let node = Node(
      name: name, settings: settings, log: Self.log, engine: engine,
      directory: RoomDirectory(
        reactors: Array(reactors), engine: engine, limits: RoomLimits(settings, policy.namespaces),
        outbox: OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes), node: name,
        streamEvents: streamEvents, streamBytes: streamBytes))
    let workers = reactors.map { Worker(reactor: $0, node: node, policy: policy) }
    for worker in workers { worker.siblings = workers }
    return (node, workers)
  }

  private func begin(_ node: Int) {
    let indices = reactors(of: node)
    for index in indices {
      stepped.on(index) { reactor in nodes[node].directory.start(on: reactor.index) }
    }
    stepped.on(indices.lowerBound) { _ in workers[indices.lowerBound].watchEngine() }
  }

  private func reactors(of node: Int) -> Range<Int> {
    let count = workers.count / nodes.count
    return node * count..<(node + 1) * count
  }

  /// The process is gone at once, and another one begins.
  func restart(reactors: Int, engine: any Engine) {
    remains.append((node, workers))
    draining = nil
    stepped.restart(count: reactors)
    network.restart(stepped.kernels)
    settings.reactors = reactors
    let (node, workers) = assemble(stepped.reactors[...], engine)
    nodes = [node]
    self.workers = workers
    begin(0)
  }

  /// The same for one node of several.
  func restart(_ node: Int, engine: any Engine) {
    let indices = reactors(of: node)
    remains.append((nodes[node], Array(workers[indices])))
    stepped.restart(indices)
    network.restart(indices, stepped.kernels)
    let (newNode, newWorkers) = assemble(stepped.reactors[indices], engine)
    nodes[node] = newNode
    workers.replaceSubrange(indices, with: newWorkers)
    begin(node)
  }

  // MARK: Draining

  /// Begins to send every stream away, as at a SIGTERM.
  func drain() {
    guard draining == nil else { return }
    for node in nodes { node.isDraining = true }
    let remaining = Lock(workers.count)
    draining = remaining
    let (time, seed) = (settings.drain, stepped.random.next())
    for worker in workers {
      let random = Lock(SeededRandom(seed: seed &+ UInt64(worker.reactor.index)))
      Task(executorPreference: worker.reactor) {
        var drain = Drain(worker: worker, time: time)
        drain.chance = { random.withLock { Double($0.number(in: 0..<1000)) / 1000 } }
        await drain.run()
        remaining.withLock { $0 -= 1 }
      }
    }
  }

  var isDraining: Bool { draining != nil }
  /// The process may end now.
  var hasDrained: Bool { draining?.withLock { $0 == 0 } ?? false }

  func connect(_ conduct: SimulatedLink.Conduct) -> SimulatedLink {
    network.connect(to: stepped.random.number(in: 0..<workers.count), conduct)
  }

  /// Has one home look for rooms to let go of, among whatever else runs there next.
  func sweepSoon() {
    let home = homes[stepped.random.number(in: 0..<workers.count)]
    Task(executorPreference: home.reactor) { await home.sweep() }
  }

  // MARK: What the hub holds

  /// As the workers, whose reactors they live on.
  var homes: [Rooms] { nodes.flatMap(\.directory.homes) }

  var connections: Int { workers.reduce(0) { $0 + $1.connections.count } }

  var subscriptions: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in workers[index].fanout.assumeIsolated { $0.statistics.subscriptions } }
    }
  }

  var rooms: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in homes[index].assumeIsolated { $0.count } }
    }
  }

  /// Users present, once for each room.
  var members: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in homes[index].assumeIsolated { $0.presence.members } }
    }
  }

  var historyBytes: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in homes[index].assumeIsolated { $0.historyBytes } }
    }
  }

  /// One of the fan-outs' counters, added up.
  func fanout(_ counter: KeyPath<Metrics.FanoutTotals, UInt64>) -> UInt64 {
    workers.indices.reduce(0) { sum, index in
      var totals = Metrics.FanoutTotals()
      stepped.on(index) { _ in totals.add(workers[index].fanout.assumeIsolated { Statistics($0.statistics) }.value) }
      return sum + totals[keyPath: counter]
    }
  }

  /// All on one thread: nothing is sent anywhere.
  private struct Statistics: @unchecked Sendable {
    let value: FanoutStatistics
    init(_ value: FanoutStatistics) { self.value = value }
  }

  /// Descriptors that the hub has open.
  var descriptors: Int { stepped.kernels.reduce(0) { $0 + $1.openCount } }
}

/// Names for epochs that are the same in every run.
final class EpochNames: Sendable {
  private let number = Atomic<Int>(0)

  var next: @Sendable () -> String {
    { "e\(self.number.add(1, ordering: .relaxed).newValue)" }
  }
}

/// Takes connections from the accept queues, each on its reactor's thread.
private final class Acceptor: Participant {
  private unowned let hub: SteppedHub

  init(_ hub: SteppedHub) {
    self.hub = hub
  }

  func step(_ random: inout SeededRandom) -> Bool {
    let workers = hub.workers
    let index = random.number(in: 0..<workers.count)
    var worked = false
    for offset in workers.indices {
      let worker = (index + offset) % workers.count
      let (descriptor, peer) = hub.stepped.kernels[worker].accept(0)
      guard descriptor >= 0 else { continue }
      hub.stepped.on(worker) { _ in workers[worker].accept(descriptor, from: peer) }
      worked = true
    }
    return worked
  }
}
