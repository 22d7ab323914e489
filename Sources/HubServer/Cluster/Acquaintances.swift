import HubIO

/// Which other nodes have told whose tokens they refuse, and who is asked next. A pure value.
///
/// Each is asked once, when it comes, and all are asked again when something may have been missed. Who does not answer is
/// asked again, less and less often.
struct Acquaintances: Sendable {
  /// Who is asked now.
  struct Round: Sendable, Equatable {
    var nodes: Set<String> = []
    /// Whether this node was away, so that what it may know is news to them too.
    var isBack = false
  }

  private struct Last {
    var pause: Duration
    var next: Moment
  }

  private let own: String
  private var renewals = 0
  private var known: Set<String> = []
  /// Those who have not been asked since this node is back.
  private var missed: Set<String> = []
  private var last: [String: Last] = [:]

  /// Each may have much to tell.
  static let atOnce = 16
  /// Between two questions to a node, at least; the first time that it does not answer, a fifth of it.
  static let least = Duration.seconds(5)
  static let longest = Duration.seconds(60)

  init(of own: String) {
    self.own = own
  }

  /// - Parameters:
  ///   - nodes: who is there.
  ///   - renewals: how often something may have been missed.
  ///   - returned: those who say that they were away.
  mutating func next(_ nodes: Set<String>, renewals: Int, returned: Set<String>, at now: Moment) -> Round {
    let others = nodes.subtracting([own])
    if renewals != self.renewals {
      self.renewals = renewals
      missed = known.union(last.keys)
      known = []
      last = last.mapValues { Last(pause: $0.pause, next: min($0.next, now + Self.least)) }
    }
    known = known.intersection(others).subtracting(returned)
    missed.formIntersection(others)
    last = last.filter { others.contains($0.key) }
    let due = others.subtracting(known).filter { node in last[node].map { $0.next <= now } ?? true }
    let isBack = !missed.isDisjoint(with: due)
    let nodes = isBack ? missed.intersection(due) : due
    return Round(nodes: Set(nodes.sorted().prefix(Self.atOnce)), isBack: isBack)
  }

  /// - Parameter silent: who has not answered.
  mutating func note(_ round: Round, silent: Set<String>, at now: Moment) {
    for node in round.nodes {
      guard silent.contains(node) else {
        known.insert(node)
        missed.remove(node)
        last[node] = Last(pause: .zero, next: now + Self.least)
        continue
      }
      let pause = min(Self.longest, max(Self.least / 5, (last[node]?.pause ?? .zero) * 2))
      last[node] = Last(pause: pause, next: now + pause)
    }
  }
}
