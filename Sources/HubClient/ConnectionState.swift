/// What a client's connection is doing: for showing the user.
public enum ConnectionState: Sendable, Hashable {
  /// A connection is being made; before the first one, nobody has asked for it yet.
  case connecting
  /// The connection stands; some room is still getting what it missed, or is not subscribed yet.
  case catchingUp
  /// Every room is up to date, and has events as they are published.
  case live
  /// There is no connection. `retryIn` says in how long the next try follows; nil where none does, because the client was
  /// closed, the hub refused for good, or nobody listens.
  case offline(reason: String, retryIn: Duration?)
}
