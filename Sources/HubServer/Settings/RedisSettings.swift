/// What the engine `redis:` keeps, how long it may take, and what holds while Redis is away.
public struct RedisSettings: Sendable, Equatable {
  /// What the names of keys and channels begin with, 1 to 64 of `A-Za-z0-9_.-`: hubs with the same one share their rooms.
  /// Default: `roomcast`.
  public var prefix = "roomcast"
  /// Whom the hub logs in as, where the address does not say; empty for Redis's own default. Default: empty.
  public var user = ""
  /// A file that holds the password, but for one line break at its end. Default: none.
  public var passwordFile: String?
  /// A PEM file of the authorities that certificates of `rediss:` are checked by. Default: those of the system.
  public var authorities: String?
  /// Whether the addresses are nodes of a Redis Cluster, of which it tells the others. Default: false.
  public var cluster = false
  /// The name that Sentinels have for the master; then the addresses are theirs. Default: none.
  public var sentinel: String?
  /// What one room keeps in Redis.
  public var room = RedisRoomSettings()
  /// Time in which Redis must answer, 100 milliseconds to 1 minute. Default: 3 seconds.
  public var time = Duration.seconds(3)
  /// Bounds on what waits to be sent to Redis.
  public var queue = RedisQueueSettings()
  /// Time after which a silent node is gone, 2 seconds to 1 hour. Default: 10 seconds.
  public var lease = Duration.seconds(10)
  /// What becomes of publishes while Redis is away. Default: refuse.
  public var fallback = RedisFallback.refuse
  /// Where events wait for Redis, with the fallback `journal`. What waits there is sent on with any fallback.
  public var journal = RedisJournalSettings()

  public init() {}
}

/// What becomes of publishes while Redis is away.
public enum RedisFallback: String, Sendable, CaseIterable {
  /// `ENGINE_UNAVAILABLE`, at once.
  case refuse
  /// They wait on this node's disk and are sent on, in order, when Redis is back.
  case journal
  /// This node's subscribers alone are told, as of ephemeral events.
  case local
}

/// What one room keeps in Redis: whichever bound is met first drops the oldest events, a few at a time.
public struct RedisRoomSettings: Sendable, Equatable {
  /// Number of events, 1 to 100,000,000. Default: 10,000.
  public var events = 10_000
  /// Age of the oldest event, 1 second to 3,650 days. Default: 24 hours.
  public var age = Duration.seconds(86_400)
  /// Bytes, 1 KiB to 1 TiB. Default: 64 MiB.
  public var bytes = 64 << 20

  public init() {}
}

/// Bounds on what waits to be sent to Redis: past them publishes are refused for the moment.
public struct RedisQueueSettings: Sendable, Equatable {
  /// Number of events, 1 to 1,000,000. Default: 16,384.
  public var events = 16_384
  /// Bytes, 1 KiB to 1 GiB; one event always fits. Default: 64 MiB.
  public var bytes = 64 << 20

  public init() {}
}

/// Where events wait for Redis, and how many: past the bounds publishes are refused.
public struct RedisJournalSettings: Sendable, Equatable {
  /// A directory of this node alone. Default: none.
  public var directory: String?
  /// Number of events, 1 to 100,000,000. Default: 100,000.
  public var events = 100_000
  /// Bytes, 1 KiB to 1 TiB. Default: 256 MiB.
  public var bytes = 256 << 20

  public init() {}
}
