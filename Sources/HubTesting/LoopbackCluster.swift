import HubIO
package import HubRooms

/// The nodes of a cluster within one process: each asks the others by a call, and some of them may say nothing.
package final class LoopbackCluster: Sendable {
  fileprivate struct State {
    var joined: [String: Joined] = [:]
    /// Nodes that are known, and do not answer.
    var silent: Set<String> = []
    var announced: [NodeRecord] = []
    /// How often a node's way to the others was made anew.
    var renewals: [String: Int] = [:]
    /// Nodes whose way to the others does not take what they announce, nor their goodbye.
    var stuck: Set<String> = []
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Every question, with who asked it.
    var questions: [(node: String, text: String)] = []
  }

  fileprivate struct Joined {
    let status: @Sendable () -> NodeStatus
    let answer: @Sendable ([UInt8]) async -> [UInt8]
  }

  fileprivate let state = Lock(State())

  package init() {}

  /// What one engine shows as its cluster.
  package func member() -> Member { Member(self) }

  /// From now on the node is known, and does not answer, or answers again.
  package func silence(_ node: String, _ isSilent: Bool = true) {
    state.withLock { state in
      if isSilent { state.silent.insert(node) } else { state.silent.remove(node) }
    }
  }

  /// The node's way to the others was cut, and is there again.
  package func renew(_ node: String) {
    state.withLock { $0.renewals[node, default: 0] += 1 }
  }

  /// From now on whatever the node announces waits until ``loosen()``.
  package func stick(_ node: String) {
    state.withLock { _ = $0.stuck.insert(node) }
  }

  package func loosen() {
    let waiting = state.withLock { state in
      state.stuck = []
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  fileprivate func waitIfStuck(_ node: String) async {
    await withCheckedContinuation { continuation in
      let isStuck = state.withLock { state in
        if state.stuck.contains(node) { state.waiting.append(continuation) }
        return state.stuck.contains(node)
      }
      if !isStuck { continuation.resume() }
    }
  }

  /// What nodes have announced of themselves.
  package var announced: [NodeRecord] { state.withLock { $0.announced } }
  /// Who is there.
  package var names: [String] { state.withLock { $0.joined.keys.sorted() } }
  /// How often a node has asked the others.
  package func questions(of node: String) -> [String] {
    state.withLock { $0.questions.filter { $0.node == node }.map(\.text) }
  }

  /// Asks a node as another one would, whatever the question.
  package func ask(_ node: String, _ question: [UInt8]) async -> [UInt8]? {
    await state.withLock { $0.joined[node] }?.answer(question)
  }

  /// One node's way into the cluster.
  package final class Member: Cluster {
    private let cluster: LoopbackCluster
    private let name = Lock("")

    fileprivate init(_ cluster: LoopbackCluster) {
      self.cluster = cluster
    }

    package func join(
      as node: String, status: @escaping @Sendable () -> NodeStatus,
      answering answer: @escaping @Sendable ([UInt8]) async -> [UInt8]
    ) {
      name.withLock { $0 = node }
      cluster.state.withLock { $0.joined[node] = Joined(status: status, answer: answer) }
    }

    package var nodes: [NodeRecord] {
      cluster.state.withLock { $0.joined }.map { NodeRecord(name: $0.key, status: $0.value.status()) }
    }

    package var renewals: Int {
      let name = name.withLock { $0 }
      return cluster.state.withLock { $0.renewals[name] ?? 0 }
    }

    package func announce() async {
      let name = name.withLock { $0 }
      await cluster.waitIfStuck(name)
      guard let joined = cluster.state.withLock({ $0.joined[name] }) else { return }
      let record = NodeRecord(name: name, status: joined.status())
      cluster.state.withLock { $0.announced.append(record) }
    }

    package func leave() async {
      let name = name.withLock { $0 }
      await cluster.waitIfStuck(name)
      cluster.state.withLock { $0.joined[name] = nil }
    }

    package func ask(_ question: [UInt8], within limit: Duration) async -> [NodeAnswer] {
      let name = name.withLock { $0 }
      let others = cluster.state.withLock { state in
        state.questions.append((name, String(decoding: question, as: UTF8.self)))
        return state.joined.filter { $0.key != name && !state.silent.contains($0.key) }
      }
      return await withTaskGroup(of: NodeAnswer.self) { group in
        for (node, joined) in others {
          group.addTask { NodeAnswer(node: node, content: await joined.answer(question)) }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
  }
}
