import Glibc
import HubIO
import HubRooms
import HubWire
import Synchronization

/// What the whole node has counted, added up over its workers at one time.
struct Metrics: Sendable {
  var reactors: [ReactorStatistics] = []
  var workers = WorkerStatistics()
  var fanout = FanoutTotals()
  var events: UInt64 = 0
  var historyEvictions: UInt64 = 0
  var rooms = 0
  var presence = PresenceStatistics()
  var historyBytes = 0
  var engine = EngineStatistics()
  var isEngineUp = true
  /// In milliseconds since 1970.
  var engineSince: Int64 = 0
  var nodes = 1
  var connections = 0
  var droppedLogLines = 0
  var handshakesUnderWay = 0
  var isDraining = false
  /// By target.
  var webhooks: [(target: String, counts: WebhookCounts)] = []
  var backends: [String: BackendCounts] = [:]

  /// The part of ``FanoutStatistics`` that leaves its reactor.
  struct FanoutTotals: Sendable {
    var deliveries: UInt64 = 0
    var overflows: UInt64 = 0
    var streamOverflows: UInt64 = 0
    var gaps: UInt64 = 0
    var ephemeralMissed: UInt64 = 0
    var replayed: UInt64 = 0
    var subscriptions = 0
    var latency = Histogram()

    mutating func add(_ other: FanoutStatistics) {
      deliveries += other.deliveries
      overflows += other.overflows
      streamOverflows += other.streamOverflows
      gaps += other.gaps
      ephemeralMissed += other.ephemeralMissed
      replayed += other.replayed
      subscriptions += other.subscriptions
      latency.add(other.latency)
    }
  }

  /// Asks every worker, on its own thread.
  static func gather(_ node: Node, _ workers: [Worker]) async -> Metrics {
    var metrics = Metrics()
    for worker in workers {
      let (own, reactor) = await worker.perform { ($0.statistics, $0.reactor.statistics) }
      metrics.workers.add(own)
      metrics.reactors.append(reactor)
      for (target, counts) in await worker.perform({ $0.backends.statistics }) {
        metrics.backends[target, default: BackendCounts()].add(counts)
      }
      metrics.fanout.add(await worker.fanout.statistics)
    }
    for home in node.directory.homes {
      let rooms = await home.statistics
      metrics.events += rooms.events
      metrics.historyEvictions += rooms.historyEvictions
      metrics.rooms += await home.count
      metrics.presence.add(await home.presence)
      metrics.historyBytes += await home.historyBytes
    }
    metrics.engine = node.engine.statistics
    metrics.isEngineUp = node.engine.health == .up
    metrics.engineSince = node.engineState.since
    metrics.nodes = max(1, node.engine.cluster?.nodes.count ?? 1)
    metrics.connections = node.connections.load(ordering: .relaxed)
    metrics.droppedLogLines = node.log.dropped
    metrics.handshakesUnderWay = node.tls?.underWay ?? 0
    metrics.isDraining = node.isDraining
    metrics.webhooks = node.webhooks?.counts ?? []
    return metrics
  }

  /// Resident memory of the process, in bytes.
  static var residentBytes: Int {
    guard let bytes = try? SettingsFile.bytes(of: "/proc/self/statm") else { return 0 }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
