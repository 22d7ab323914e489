import HubWire

/// A limit on who may connect and how fast; each is counted under its name when somebody is refused for it.
enum Limit: UInt8, CaseIterable, Sendable {
  case connections, address, user, handshakes, messages, bytes, publishes

  /// How it is called in the metrics.
  var name: String { "\(self)" }

  /// What the first request of a connection is told that is one too many.
  var refusal: HubError {
    switch self {
    case .connections: HubError(.tooManyConnections, "the node has its limit of connections (`connections`)")
    case .address:
      HubError(.tooManyConnections, "this address has its limit of connections (`limits.address.connections`)")
    case .user: HubError(.tooManyConnections, "this user has its limit of connections (`limits.user.connections`)")
    case .handshakes:
      HubError(.rateLimited, "the node takes no more new connections in this second (`limits.handshakes`)")
    case .messages: HubError(.rateLimited, "more messages came than are taken in a second (`limits.messages`)")
    case .bytes: HubError(.rateLimited, "more bytes came than are taken in a second (`limits.bytes`)")
    case .publishes: HubError(.rateLimited, "more events came than are taken in a second (`limits.publishes`)")
    }
  }
}

/// How often each limit refused somebody.
struct LimitCounts: Sendable {
  private var counts = [UInt64](repeating: 0, count: Limit.allCases.count)

  subscript(limit: Limit) -> UInt64 {
    get { counts[Int(limit.rawValue)] }
    set { counts[Int(limit.rawValue)] = newValue }
  }

  mutating func add(_ other: LimitCounts) {
    for limit in Limit.allCases { self[limit] += other[limit] }
  }
}
