/// Bounds on who may connect, and how fast anything may come; 0 is no bound.
public struct LimitSettings: Sendable, Equatable {
  /// Bounds on one address.
  public var address = ConnectionLimitSettings()
  /// Bounds on one user, whose name is in the token.
  public var user = ConnectionLimitSettings()
  /// New connections a second, of the whole node, 0 (off) to 100,000,000. Default: 0.
  public var handshakes = 0
  /// Messages a second from one WebSocket client, pings included, 0 (off) to 100,000,000. Default: 0.
  public var messages = 0
  /// Bytes a second of messages from one WebSocket client, up to 1 GiB; 0 is off. Default: 0.
  public var bytes = 0
  /// Events a second that one API key or user may publish, 0 (off) to 100,000,000. Default: 0.
  public var publishes = 0
  /// Bytes of a room's name, 1 to 200. Default: 200.
  public var roomName = 200
  /// Bytes of an event's name, 1 to 200. Default: 200.
  public var eventName = 200

  public init() {}
}

/// Bounds on what belongs to one address, or to one user.
public struct ConnectionLimitSettings: Sendable, Equatable {
  /// Open connections, 0 (off) to 100,000,000. Default: 0.
  public var connections = 0

  public init() {}
}
