/// Everything that can be set on a hub, with the defaults of the machine it runs on.
///
/// A property's path is its name everywhere: `history.room.events` here is the key `history: { room: { events: … } }`
/// of the settings file, the flag `--history-room-events` and the variable `ROOMCAST_HISTORY_ROOM_EVENTS`.
/// ``SettingsReader`` fills it from those; an embedder may as well fill it by hand.
public struct Settings: Sendable, Equatable {
  /// Where events, positions and presence live. Default: `memory:`.
  public var engine = EngineAddress.memory
  /// The address or name to listen on. Default: `127.0.0.1`; any but loopback needs ``insecure``.
  public var host = "127.0.0.1"
  /// The TCP port, 0 to 65535; 0 takes a free one. Default: 8080.
  public var port = 8080
  /// Threads that serve connections, 1 to 1,024. Default: the cores this process may run on.
  public var reactors: Int
  /// Whether anyone who reaches the hub may use it, from other machines too. Default: false.
  public var insecure = false
  /// Connections in all, at least 1. Default: what the limit of open descriptors leaves room for.
  public var connections: Int
  /// Rooms in all, at least 1. Default: 1,000,000.
  public var rooms = 1_000_000
  /// Whom the process becomes once it listens, if it was started as root; empty to stay. Default: empty.
  public var user = ""
  /// Time for a TLS handshake, and for a client without a credential to send `auth`, 1 second to 1 hour. Default: 10
  /// seconds.
  public var handshake = Duration.seconds(10)
  /// Silence from a WebSocket client after which it is pinged, 1 second to 1 hour. Default: 25 seconds.
  public var ping = Duration.seconds(25)
  /// Time a pinged client has to show life, 1 second to 1 hour. Default: 10 seconds.
  public var pong = Duration.seconds(10)
  /// Silence after which a kept-alive HTTP connection is closed, 1 second to 1 hour. Default: 60 seconds.
  public var keepAlive = Duration.seconds(60)
  /// Time in which connections are told to come back and closed on SIGTERM, up to 1 hour. Default: 15 seconds.
  public var drain = Duration.seconds(15)
  /// Encryption of connections.
  public var tls = TLSSettings()
  /// API keys of backend services. Default: none.
  public var keys: [APIKeySettings] = []
  /// How tokens of clients are checked.
  public var tokens = TokenSettings()
  /// Rules for namespaces; of those that cover one, the most exact counts. Default: none.
  public var namespaces: [NamespaceSettings] = []
  /// What is told and asked of services over HTTP.
  public var webhooks = WebhookSettings()
  /// What web pages and host names are let in.
  public var allow = AllowSettings()
  /// Which proxies are believed about whom they speak for.
  public var proxies = ProxySettings()
  /// What is logged, and how.
  public var log = LogSettings()
  /// Where the metrics are read.
  public var metrics = MetricsSettings()
  /// The page to look at the hub with.
  public var console = ConsoleSettings()
  /// Aids for development.
  public var debug = DebugSettings()
  /// Tracing of events.
  public var trace = TraceSettings()
  /// Bounds on the head of a request.
  public var headers = HeaderSettings()
  /// Bounds on what is published over HTTP.
  public var body = BodySettings()
  /// Bounds on one WebSocket or SSE client.
  public var client = ClientSettings()
  /// Bounds on who may connect, and how fast anything may come.
  public var limits = LimitSettings()
  /// How much of the past is kept for those who come back.
  public var history = HistorySettings()
  /// What the engine `disk:` keeps, and how long it may take.
  public var disk = DiskSettings()
  /// What the engine `redis:` keeps, how long it may take, and what holds while Redis is away.
  public var redis = RedisSettings()
  /// Bounds on what waits to be sent to one client.
  public var outbox = OutboxSettings()
  /// How long a published event is known by its idempotency key.
  public var idempotency = IdempotencySettings()
  /// How rooms tell who is there.
  public var presence = PresenceSettings()
  /// How long an empty room's epoch and offset are remembered.
  public var remember = RememberSettings()

  public init() {
    self.init(machine: .current)
  }

  /// The defaults as they are on `machine`.
  package init(machine: Machine) {
    reactors = machine.cores
    connections = machine.connections
  }

  /// Whether anything is set by which callers can be told apart.
  public var hasCredentials: Bool {
    !keys.isEmpty || !tokens.keys.isEmpty || tokens.jwks != nil || tls.clientAuthorities != nil
  }

  /// Whether only this machine can reach the hub.
  public var isLoopback: Bool { HostName.isLoopback(host) }
}

/// Where events, positions and presence live.
public enum EngineAddress: Sendable, Hashable, CustomStringConvertible {
  /// In this process: gone when it ends.
  case memory
  /// In a directory of this machine: what is acknowledged is there after a crash.
  case disk(directory: String)
  /// In Redis, which other hubs may share: one server or Redis Cluster, shards, or what Sentinels watch.
  case redis([RedisAddress])

  /// As it is written in settings, but for passwords.
  public var description: String {
    switch self {
    case .memory: "memory:"
    case .disk(let directory): "disk:\(directory)"
    case .redis(let addresses): addresses.map(\.description).joined(separator: ",")
    }
  }
}
