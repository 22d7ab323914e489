/// What the rooms of one reactor share about their members: the limits, who is told, and what is counted. Touched on that
/// reactor only.
final class PresenceDesk: @unchecked Sendable {
  let limits: PresenceLimits
  /// This hub, as other nodes know it.
  let node: String
  let watcher: (any RoomWatcher)?
  var statistics = PresenceStatistics()

  init(limits: PresenceLimits, node: String, watcher: (any RoomWatcher)?) {
    self.limits = limits
    self.node = node
    self.watcher = watcher
  }
}

/// What is counted about the members of the rooms of one reactor.
package struct PresenceStatistics: Sendable {
  /// Users present, once for each room.
  package var members = 0
  package var joins: UInt64 = 0
  package var leaves: UInt64 = 0
  /// Connections that were not renewed in time.
  package var expired: UInt64 = 0

  package init() {}

  package mutating func add(_ other: PresenceStatistics) {
    members += other.members
    joins += other.joins
    leaves += other.leaves
    expired += other.expired
  }
}
