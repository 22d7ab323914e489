import HubIO
import HubRooms

/// Measures once a second how busy the node is, and sees which other nodes have come. Runs on one reactor.
struct NodeWatch {
  let worker: Worker

  private static let interval = Duration.seconds(1)
  /// How much the last second counts: what is told is about the last few.
  private static let weight = 0.3

  private var node: Node { worker.node }
  private var reactor: Reactor { worker.reactor }

  func run() async {
    var (time, busy) = (reactor.kernel.now(), Duration.zero)
    var load = 0.0
    var acquaintances = Acquaintances(of: node.name)
    while !Task.isCancelled {
      await reactor.sleep(for: Self.interval)
      let (lastTime, lastBusy) = (time, busy)
      (time, busy) = (reactor.kernel.now(), await busyTime())
      load += Self.weight * (Self.share(busy - lastBusy, of: time - lastTime, worker.siblings.count) - load)
      node.load = load
      if let cluster = node.engine.cluster { acquaintances = await learn(from: cluster, acquaintances) }
    }
  }

  /// The part of the time that all reactors were busy.
  static func share(_ busy: Duration, of time: Duration, _ reactors: Int) -> Double {
    time <= .zero ? 0 : min(1, max(0, busy / (time * reactors)))
  }

  /// The turns of all reactors since they began.
  private func busyTime() async -> Duration {
    var sum = Duration.zero
    for sibling in worker.siblings { sum += await sibling.perform { $0.reactor.statistics.turns.sum } }
    return sum
  }

  /// A node that comes, or is reached again, may know of revocations that this one does not.
  func learn(from cluster: any Cluster, _ acquaintances: Acquaintances) async -> Acquaintances {
    var acquaintances = acquaintances
    // What is missed after this counts the next time.
    let renewals = cluster.renewals
    let round = acquaintances.next(
      Set(cluster.nodes.map(\.name)), renewals: renewals, returned: node.takeReturned(), at: reactor.kernel.now())
    if round.nodes.isEmpty { return acquaintances }
    let silent = await ClusterRoute(worker: worker).learnRevocations(from: cluster, round)
    acquaintances.note(round, silent: silent, at: reactor.kernel.now())
    return acquaintances
  }
}
