import HubIO
import HubTesting
import HubWire
import Synchronization

@testable import HubRooms
@testable import HubServer

/// A whole hub on stepped reactors: everything of the daemon but its sockets, its threads and its clock.
final class SteppedHub {
  let stepped: SteppedReactors
  let network: SimulatedNetwork
  let node: Node
  let workers: [Worker]

  /// Lines below errors are not even made.
  private static let log = Log(level: .error, style: .json)

  /// - Parameter engine: where events live; nil for a memory engine with the limits of the settings.
  init(
    seed: UInt64, reactors: Int, settings: Settings, engine: (any Engine)? = nil, streamEvents: Int = 8192,
    streamBytes: Int = 32 << 20
  ) {
    let stepped = SteppedReactors(count: reactors, seed: seed)
    var settings = settings
    settings.reactors = reactors
    let memory = MemoryEngine(
      limits: MemoryEngineLimits(
        remember: settings.remember.time, rememberedRooms: settings.remember.rooms,
        idempotency: settings.idempotency.time, idempotencyKeys: settings.idempotency.keys),
      makeEpoch: EpochNames().next)
    let node = Node(
      name: "stepped", settings: settings, log: Self.log, engine: memory,
      directory: RoomDirectory(
        reactors: stepped.reactors, engine: engine ?? memory, limits: RoomLimits(settings),
        outbox: OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes), streamEvents: streamEvents,
        streamBytes: streamBytes))
    self.stepped = stepped
    self.node = node
    network = SimulatedNetwork(stepped.kernels)
    let policy = try! Policy(settings)
    workers = stepped.reactors.map { Worker(reactor: $0, node: node, policy: policy) }
    for worker in workers { worker.siblings = workers }
    for index in workers.indices { stepped.on(index) { _ in node.directory.start(on: index) } }
    stepped.participants = [network, Acceptor(stepped, workers)]
  }

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

private final class EpochNames: Sendable {
  private let number = Atomic<Int>(0)

  var next: @Sendable () -> String {
    { "e\(self.number.add(1, ordering: .relaxed).newValue)" }
  }
}

/// Takes connections from the accept queues, each on its reactor's thread.
private final class Acceptor: Participant {
  private let stepped: SteppedReactors
  private let workers: [Worker]

  init(_ stepped: SteppedReactors, _ workers: [Worker]) {
    self.stepped = stepped
    self.workers = workers
  }

  func step(_ random: inout SeededRandom) -> Bool {
    let index = random.number(in: 0..<workers.count)
    var worked = false
    for offset in workers.indices {
      let worker = (index + offset) % workers.count
      let (descriptor, peer) = stepped.kernels[worker].accept(0)
      guard descriptor >= 0 else { continue }
      stepped.on(worker) { _ in workers[worker].accept(descriptor, from: peer) }
      worked = true
    }
    return worked
  }
}
