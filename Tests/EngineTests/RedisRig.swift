import HubIO
import HubRedis
import HubRooms
import HubTesting
import Synchronization

/// A Redis engine on a reactor of its own, with names of its own on the servers that all tests share.
final class RedisRig: Sendable {
  let engine: RedisEngine
  private let reactor = Reactor(index: 0, kernel: LinuxKernel())

  private static let number = Atomic<Int>(0)
  private static let server = Result { try RedisServer() }
  private static let cluster = Result { try RedisClusterServers() }

  init(isCluster: Bool, makeEpoch: @escaping @Sendable () -> String) throws {
    let servers = isCluster ? try Self.cluster.get().servers : [try Self.server.get()]
    var options = RedisOptions(addresses: servers.map { RedisEndpoint(host: "127.0.0.1", port: $0.port) })
    options.layout = isCluster ? .cluster : .shards
    options.prefix = "test\(Self.number.add(1, ordering: .relaxed).newValue)"
    // A busy machine is no fault of Redis.
    options.time = .seconds(30)
    engine = RedisEngine(options: options, makeEpoch: makeEpoch)
    let rules = RoomRules(history: HistoryLimit())
    let directory = RoomDirectory(
      reactors: [reactor], engine: engine,
      limits: RoomLimits(rules: { _ in rules }, historyPerReactor: 1 << 20, roomsPerReactor: 1000),
      outbox: OutboxLimit(frames: 16, bytes: 1 << 20))
    reactor.start { _ in directory.start(on: 0) }
  }

  deinit {
    let (engine, reactor) = (engine, reactor)
    Task {
      await engine.stop()
      reactor.stop()
    }
  }

  /// Runs `body` where rooms would.
  func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
    await Task(executorPreference: reactor) { await body() }.value
  }
}
