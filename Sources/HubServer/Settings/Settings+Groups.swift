/// What web pages and host names are let in.
public struct AllowSettings: Sendable, Equatable {
  /// Origins whose pages may use the hub, besides its own: exact, or `https://*.example.org`. Default: none.
  public var origins: [OriginPattern] = []
  /// Names the open hub on loopback may be called by, besides `localhost`, `127.0.0.1` and `[::1]`. Default: none.
  public var hosts: [String] = []

  public init() {}
}

/// What is logged, and how.
public struct LogSettings: Sendable, Equatable {
  /// The least serious lines that are written. Default: info.
  public var level = LogLevel.info
  /// The form of a line. Default: auto, which is text on a terminal and JSON elsewhere.
  public var format = LogFormat.auto

  public init() {}
}

/// Aids for development.
public struct DebugSettings: Sendable, Equatable {
  /// Whether `/debug/echo` echoes WebSocket messages, for conformance suites. Default: false.
  public var echo = false

  public init() {}
}

/// The page to look at the hub with.
public struct ConsoleSettings: Sendable, Equatable {
  /// Whether `/` serves none. Default: false.
  public var off = false

  public init() {}
}

/// Tracing of events.
public struct TraceSettings: Sendable, Equatable {
  /// Whether an event carries the trace of the call that published it, as `"trace"`. Default: false.
  public var events = false

  public init() {}
}

/// Bounds on the head of a request.
public struct HeaderSettings: Sendable, Equatable {
  /// Bytes of the request line and all fields, 1 KiB to 1 MiB. Default: 32 KiB.
  public var bytes = 32 << 10
  /// Number of fields, 1 to 10,000. Default: 100.
  public var fields = 100
  /// Time for the whole head, and for a fresh connection to say anything, 1 second to 1 hour. Default: 10 seconds.
  public var time = Duration.seconds(10)

  public init() {}
}

/// Bounds on what is published over HTTP.
public struct BodySettings: Sendable, Equatable {
  /// Bytes of one published body, 1 byte to 1 GiB. Default: 1 MiB.
  public var bytes = 1 << 20
  /// Time for a whole body, for NDJSON without progress, 1 second to 1 hour. Default: 30 seconds.
  public var time = Duration.seconds(30)
  /// Envelopes in one JSON array, 1 to 1,000. Default: 1,000.
  public var envelopes = 1_000

  public init() {}
}

/// Bounds on one WebSocket or SSE client.
public struct ClientSettings: Sendable, Equatable {
  /// Bytes of one message from a client, 128 bytes to 1 GiB. Default: 64 KiB.
  public var messageBytes = 64 << 10
  /// Rooms one connection may be subscribed to, 1 to 1,000,000. Default: 128.
  public var rooms = 128

  public init() {}
}

/// How much of the past is kept for those who come back.
public struct HistorySettings: Sendable, Equatable {
  /// What one room keeps.
  public var room = RoomHistorySettings()
  /// What all rooms of a node keep together.
  public var node = NodeHistorySettings()

  public init() {}
}

/// What one room keeps: whichever bound is met first drops the oldest event.
public struct RoomHistorySettings: Sendable, Equatable {
  /// Number of events, 1 to 100,000,000. Default: 1,000.
  public var events = 1_000
  /// Age of the oldest event, 1 second to 365 days. Default: 5 minutes.
  public var age = Duration.seconds(300)
  /// Bytes, 1 KiB to 1 TiB. Default: 16 MiB.
  public var bytes = 16 << 20

  public init() {}
}

/// What all rooms of a node keep together.
public struct NodeHistorySettings: Sendable, Equatable {
  /// Bytes, 1 KiB to 1 TiB, not less than one room's. Default: 256 MiB.
  public var bytes = 256 << 20

  public init() {}
}

/// What the engine `disk:` keeps, and how long it may take.
public struct DiskSettings: Sendable, Equatable {
  /// What one room keeps on disk.
  public var room = DiskRoomSettings()
  /// Bytes that the store may use, 1 MiB to 1 PiB, not less than one room's. Default: 16 GiB.
  public var bytes = 16 << 30
  /// Time in which a publish is answered, 1 second to 1 hour. Default: 10 seconds.
  public var time = Duration.seconds(10)
  /// Bounds on what waits to be written.
  public var queue = DiskQueueSettings()

  public init() {}
}

/// What one room keeps on disk: whichever bound is met first drops the oldest events, a few at a time.
public struct DiskRoomSettings: Sendable, Equatable {
  /// Number of events, 1 to 100,000,000. Default: 100,000.
  public var events = 100_000
  /// Age of the oldest event, 1 second to 3,650 days. Default: 7 days.
  public var age = Duration.seconds(7 * 86_400)
  /// Bytes, 1 KiB to 1 TiB. Default: 1 GiB.
  public var bytes = 1 << 30

  public init() {}
}

/// Bounds on what waits to be written: past them publishes are refused for the moment.
public struct DiskQueueSettings: Sendable, Equatable {
  /// Number of events, 1 to 1,000,000. Default: 16,384.
  public var events = 16_384
  /// Bytes, 1 KiB to 1 GiB; one event always fits. Default: 64 MiB.
  public var bytes = 64 << 20

  public init() {}
}

/// Bounds on what waits to be sent to one client: past them it is served from history, at its own pace.
public struct OutboxSettings: Sendable, Equatable {
  /// Number of frames, 1 to 1,000,000. Default: 256.
  public var frames = 256
  /// Bytes, 1 byte to 1 GiB; one frame always fits, however large. Default: 1 MiB.
  public var bytes = 1 << 20

  public init() {}
}

/// How long a published event is known by its idempotency key.
public struct IdempotencySettings: Sendable, Equatable {
  /// Time after which a key may be used anew, 1 second to 365 days. Default: 5 minutes.
  public var time = Duration.seconds(300)
  /// Number of keys a node knows, the oldest forgotten first, 1 to 100,000,000. Default: 100,000.
  public var keys = 100_000

  public init() {}
}

/// How long an empty room's epoch and offset are remembered.
public struct RememberSettings: Sendable, Equatable {
  /// Time since the room was last used, 1 second to 365 days. Default: 24 hours.
  public var time = Duration.seconds(86_400)
  /// Number of rooms, the longest unused forgotten first, 1 to 100,000,000. Default: 100,000.
  public var rooms = 100_000

  public init() {}
}

/// How rooms tell who is there, in namespaces with presence.
public struct PresenceSettings: Sendable, Equatable {
  /// Time after which a member is gone whose connection has not renewed it, 1 second to 1 hour. Default: 60 seconds.
  public var lease = Duration.seconds(60)
  /// How long a leave is held back, and dropped if the user returns, up to 1 hour. Default: 3 seconds.
  public var leave = Duration.seconds(3)
  /// Bytes of JSON that a member may tell about itself, 2 bytes to 64 KiB. Default: 4 KiB.
  public var infoBytes = 4 << 10
  /// Members that a subscriber is told of at once, 0 to 10,000; the others are asked for page by page. Default: 100.
  public var snapshot = 100

  public init() {}
}
