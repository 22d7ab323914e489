import HubIO
package import HubRooms
import HubWire

/// The nodes that share Redis: a table there, in which each has a lease, and channels in which they ask each other.
///
/// Lives on the first reactor, and is called from everywhere.
package final class RedisCluster: Cluster, @unchecked Sendable {
  /// What this node says of itself, and how it answers.
  struct Membership: Sendable {
    let node: String
    let status: @Sendable () -> NodeStatus
    let answer: @Sendable ([UInt8]) async -> [UInt8]
  }

  private struct Seen {
    var records: [NodeRecord] = []
    var renewals = 0
    var isRegistered = false
    var membership: Membership?
    var desk: RedisDesk?
  }

  private let seen = Lock(Seen())
  let options: RedisOptions
  let key: String

  // MARK: On the first reactor only

  var table: NodeTable
  /// Nothing was told since the link was lost.
  var isFirst = true
  var isRunning = false
  /// Ends the wait for the next beat.
  var pause: Pause?
  /// Questions that wait for answers.
  var asked: [UInt64: PendingQuestion] = [:]
  var lastQuestion: UInt64 = 0
  /// Nodes that did not answer the last question, and until when their leases were said to last then: nobody waits for
  /// them again before they renew it.
  var silent: [String: Int64] = [:]
  /// Questions of others that are being answered.
  var answering = 0

  init(options: RedisOptions) {
    self.options = options
    key = options.names + ":{nodes}"
    table = NodeTable(lease: options.lease.milliseconds)
  }

  var membership: Membership? { seen.withLock { $0.membership } }
  var desk: RedisDesk? { seen.withLock { $0.desk } }

  /// The channel that every node listens to.
  var everybody: String { key + ":all" }

  func channel(of node: String) -> String { key + ":" + node }

  // MARK: Cluster

  package func join(
    as node: String, status: @escaping @Sendable () -> NodeStatus,
    answering answer: @escaping @Sendable ([UInt8]) async -> [UInt8]
  ) {
    let desk = seen.withLock { seen in
      seen.membership = Membership(node: node, status: status, answer: answer)
      return seen.desk
    }
    if let desk { begin(on: desk) }
  }

  /// The first reactor has its links.
  func start(on desk: RedisDesk) {
    let isMember = seen.withLock { seen in
      seen.desk = desk
      return seen.membership != nil
    }
    if isMember { begin(on: desk) }
  }

  /// The others know of this node, so that they believe who is present by it.
  var isRegistered: Bool {
    get { seen.withLock { $0.isRegistered } }
    set { seen.withLock { $0.isRegistered = newValue } }
  }

  /// How often something may have been missed, because the link was established anew.
  package var renewals: Int { seen.withLock { $0.renewals } }

  func noteRenewal() {
    seen.withLock { $0.renewals += 1 }
  }

  package var nodes: [NodeRecord] { seen.withLock { $0.records } }

  func publishRecords() {
    let records = table.records
    seen.withLock { $0.records = records }
  }

  package func announce() async {
    await onFirstReactor { cluster, desk in
      await cluster.beat(desk)
      cluster.say("N", in: cluster.everybody, desk)
    }
  }

  package func leave() async {
    await onFirstReactor { cluster, desk in await cluster.sayGoodbye(desk) }
  }

  package func ask(_ question: [UInt8], within limit: Duration) async -> [NodeAnswer] {
    guard let (membership, desk) = member else { return [] }
    return await Task(executorPreference: desk.reactor) {
      await self.ask(question, as: membership.node, within: limit, desk)
    }.value
  }

  private var member: (membership: Membership, desk: RedisDesk)? {
    seen.withLock { seen in
      guard let membership = seen.membership, let desk = seen.desk else { return nil }
      return (membership, desk)
    }
  }

  private func onFirstReactor(_ body: @escaping @Sendable (RedisCluster, RedisDesk) async -> Void) async {
    guard let (_, desk) = member else { return }
    await Task(executorPreference: desk.reactor) { await body(self, desk) }.value
  }
}
