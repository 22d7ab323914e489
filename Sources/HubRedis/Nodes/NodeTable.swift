import HubRooms

/// Which nodes there are, as far as this one knows. A pure value; times are those of Redis, in milliseconds.
struct NodeTable {
  private struct Entry {
    let status: NodeStatus
    /// When its lease ends.
    var ends: Int64
  }

  private let lease: Int64
  private var entries: [String: Entry] = [:]
  /// Who has gone, in case it was only stopped for a while; the longest ago forgotten first.
  private var departed: [String] = []
  /// The time that was told last; nil before the first.
  private(set) var now: Int64?

  init(lease: Int64) {
    self.lease = lease
  }

  var records: [NodeRecord] {
    entries.map { NodeRecord(name: $0.key, status: $0.value.status) }.sorted { $0.name < $1.name }
  }

  /// When a node's lease ends; nil where it is not known.
  func end(of name: String) -> Int64? { entries[name]?.ends }

  func knows(_ name: String) -> Bool { entries[name] != nil }

  /// Milliseconds until the first lease ends that is not renewed before.
  var untilNextEnd: Int64? { now.flatMap { now in entries.values.map(\.ends).min().map { max(0, $0 - now) } } }

  /// Takes what Redis has told.
  ///
  /// - Parameter isFirst: nothing could be told for some time, and so nobody could renew a lease: everybody gets another.
  mutating func adopt(_ told: [(name: String, ends: Int64, status: NodeStatus)], at now: Int64, isFirst: Bool) -> Change
  {
    self.now = now
    if isFirst { entries = entries.mapValues { Entry(status: $0.status, ends: max($0.ends, now + lease)) } }
    var change = Change()
    for node in told where node.ends > now {
      entries[node.name] = Entry(status: node.status, ends: node.ends)
      if let index = departed.firstIndex(of: node.name) {
        departed.remove(at: index)
        change.hasReturns = true
      }
    }
    for (name, entry) in entries where entry.ends <= now {
      change.gone.append(Gone(name: name, late: now - entry.ends))
      entries[name] = nil
      departed.append(name)
    }
    departed.removeFirst(max(0, departed.count - Self.remembered))
    return change
  }

  private static let remembered = 256

  /// It has said goodbye.
  mutating func remove(_ name: String) {
    entries[name] = nil
  }

  /// What is new.
  struct Change: Equatable {
    /// Those whose leases have ended without a goodbye.
    var gone: [Gone] = []
    /// One is back that was gone: it was stopped, and not ended.
    var hasReturns = false
  }

  /// A node whose lease has ended, so many milliseconds ago.
  struct Gone: Equatable {
    let name: String
    let late: Int64
  }
}
