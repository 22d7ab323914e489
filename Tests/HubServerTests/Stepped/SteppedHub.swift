import Glibc
import HubIO
import HubTesting
import HubWire
import Synchronization

@testable import HubRooms
@testable import HubServer

/// A whole hub on stepped reactors: everything of the daemon but its sockets, its threads and its clock.
///
/// It can end, in good order or not, and begin anew: what is left of the old one does nothing any more.
final class SteppedHub {
  let stepped: SteppedReactors
  let network: SimulatedNetwork
  private(set) var node: Node
  private(set) var workers: [Worker]
  private var settings: Settings
  private let streamEvents: Int
  private let streamBytes: Int
  /// Tasks of hubs that have ended stay suspended for good, and point to what is in here.
  private var remains: [(Node, [Worker])] = []
  /// Workers of this hub that have not drained yet; nil where it is not draining.
  private var draining: Lock<Int>?

  /// Nobody reads what it says.
  private static let log = Log(level: .error, style: .json, descriptor: Glibc.open("/dev/null", O_WRONLY))

  /// - Parameter engine: where events live; nil for a memory engine with the limits of the settings.
  init(
    seed: UInt64, reactors: Int, settings: Settings, engine: (any Engine)? = nil, streamEvents: Int = 8192,
    streamBytes: Int = 32 << 20, clock: SimulatedClock = SimulatedClock()
  ) {
    stepped = SteppedReactors(count: reactors, seed: seed, clock: clock)
    self.settings = settings
    self.settings.reactors = reactors
    self.streamEvents = streamEvents
    self.streamBytes = streamBytes
    network = SimulatedNetwork(stepped.kernels)
    (node, workers) = Self.assemble(
      stepped, self.settings, engine ?? MemoryEngine(settings, makeEpoch: EpochNames().next), streamEvents, streamBytes)
    begin()
    stepped.participants = [network, Acceptor(self)]
  }

  private static func assemble(
    _ stepped: SteppedReactors, _ settings: Settings, _ engine: any Engine, _ streamEvents: Int, _ streamBytes: Int
  ) -> (Node, [Worker]) {
    let policy = try! Policy(settings)
    let node = Node(
      name: "stepped", settings: settings, log: log, engine: engine,
      directory: RoomDirectory(
        reactors: stepped.reactors, engine: engine, limits: RoomLimits(settings, policy.namespaces),
        outbox: OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes), streamEvents: streamEvents,
        streamBytes: streamBytes))
    let workers = stepped.reactors.map { Worker(reactor: $0, node: node, policy: policy) }
    for worker in workers { worker.siblings = workers }
    return (node, workers)
  }

  private func begin() {
    for index in workers.indices { stepped.on(index) { _ in node.directory.start(on: index) } }
    stepped.on(0) { _ in workers[0].watchEngine() }
  }

  /// The process is gone at once, and another one begins.
  func restart(reactors: Int, engine: any Engine) {
    remains.append((node, workers))
    draining = nil
    stepped.restart(count: reactors)
    network.restart(stepped.kernels)
    settings.reactors = reactors
    (node, workers) = Self.assemble(stepped, settings, engine, streamEvents, streamBytes)
    begin()
  }

  // MARK: Draining

  /// Begins to send every stream away, as at a SIGTERM.
  func drain() {
    guard draining == nil else { return }
    node.isDraining = true
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
    let home = node.directory.homes[stepped.random.number(in: 0..<workers.count)]
    Task(executorPreference: home.reactor) { await home.sweep() }
  }

  // MARK: What the hub holds

  var connections: Int { workers.reduce(0) { $0 + $1.connections.count } }

  var subscriptions: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in workers[index].fanout.assumeIsolated { $0.statistics.subscriptions } }
    }
  }

  var rooms: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in node.directory.homes[index].assumeIsolated { $0.count } }
    }
  }

  /// Users present, once for each room.
  var members: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in node.directory.homes[index].assumeIsolated { $0.presence.members } }
    }
  }

  var historyBytes: Int {
    workers.indices.reduce(0) { sum, index in
      sum + stepped.on(index) { _ in node.directory.homes[index].assumeIsolated { $0.historyBytes } }
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
