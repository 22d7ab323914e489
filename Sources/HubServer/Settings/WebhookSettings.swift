/// What the hub tells and asks of services over HTTP: only the targets that are named here are ever called.
public struct WebhookSettings: Sendable, Equatable {
  /// Where requests go, by the names that other settings use. Default: none.
  public var targets: [WebhookTargetSettings] = []
  /// How much goes into one request.
  public var batch = WebhookBatchSettings()
  /// Bounds on what waits for one target.
  public var queue = WebhookQueueSettings()
  /// How long one batch is tried before it is dropped, up to 7 days. Default: 1 hour.
  public var retry = Duration.seconds(3_600)
  /// Time for one request and its answer, 100 milliseconds to 5 minutes. Default: 10 seconds.
  public var time = Duration.seconds(10)
  /// The target that is told of connections that open and close. Default: none.
  public var connections: String?
  /// The backend that decides who may connect.
  public var connect = ConnectBackendSettings()
  /// Questions to one backend under way at once, 1 to 10,000: shared evenly by the reactors, each of which may ask one at
  /// the least. Default: 64.
  public var calls = 64
  /// Questions to one backend that wait for their turn, 0 to 1,000,000, shared in the same way; those past them are
  /// refused. Default: 1,000.
  public var waiting = 1_000

  public init() {}
}

/// A service that is called over HTTP.
public struct WebhookTargetSettings: Sendable, Hashable {
  /// Where the key is that requests are signed with.
  public enum Secret: Sendable, Hashable {
    /// `whsec_` and base64, as Standard Webhooks has it, or any text of at least 16 bytes.
    case text(HiddenText)
    /// A file that holds such a text, but for one line break at its end.
    case file(String)
  }

  /// What other settings, metrics and the log call it: 1 to 64 of `A-Za-z0-9_.-`.
  public var name: String
  /// Where it is: `http://HOST:PORT/PATH` or `https://…`.
  public var url: String
  /// What its requests are signed with.
  public var secret: Secret
  /// A file of the authorities that its certificate is checked by. Default: those of the system.
  public var authorities: String?

  public init(name: String, url: String, secret: Secret, authorities: String? = nil) {
    self.name = name
    self.url = url
    self.secret = secret
    self.authorities = authorities
  }
}

/// How much goes into one request.
public struct WebhookBatchSettings: Sendable, Equatable {
  /// Number of events, 1 to 10,000. Default: 100.
  public var events = 100
  /// How long the first of a batch waits for others, up to 1 minute. Default: 100 milliseconds.
  public var time = Duration.milliseconds(100)

  public init() {}
}

/// Bounds on what waits for one target: past them the newest events are dropped.
public struct WebhookQueueSettings: Sendable, Equatable {
  /// Number of events, 1 to 10,000,000. Default: 10,000.
  public var events = 10_000
  /// Bytes, 1 KiB to 1 GiB. Default: 16 MiB.
  public var bytes = 16 << 20

  public init() {}
}

/// The backend that decides who may connect.
public struct ConnectBackendSettings: Sendable, Equatable {
  /// The target that is asked; nil for nobody. Default: none.
  public var target: String?
  /// Time for its answer, 10 milliseconds to 1 minute. Default: 2 seconds.
  public var time = Duration.seconds(2)
  /// How long an answer about a user counts, up to 1 day. Default: 0, which asks each time.
  public var cache = Duration.zero
  /// What holds while it is away. Default: refuse.
  public var away = BackendAbsence.refuse

  public init() {}
}

/// What a namespace tells of its rooms.
public struct NamespaceWebhookSettings: Sendable, Hashable {
  /// Who is told.
  public var target: String
  /// What of. Default: all of it.
  public var events: Set<RoomWebhookEvent>

  public init(target: String, events: Set<RoomWebhookEvent> = Set(RoomWebhookEvent.allCases)) {
    self.target = target
    self.events = events
  }
}

/// What a target may be told of a room.
public enum RoomWebhookEvent: String, Sendable, CaseIterable {
  /// The first subscriber has come.
  case occupied = "room.occupied"
  /// The last subscriber has gone.
  case vacated = "room.vacated"
  /// A user is there whose first connection has come.
  case joined = "member.joined"
  /// A user's last connection has gone.
  case left = "member.left"
}

/// The backend that decides for the rooms of a namespace.
public struct NamespaceBackendSettings: Sendable, Hashable {
  /// What may be decided.
  public enum Question: String, Sendable, CaseIterable {
    /// Whether a client may subscribe.
    case subscribe
    /// What becomes of an event that a client publishes.
    case publish
  }

  /// Who is asked.
  public var target: String
  /// About what. Default: all of it.
  public var on: Set<Question> = Set(Question.allCases)
  /// Names of the published events that it is asked about; empty for all. Default: all.
  public var events: [String] = []
  /// Time for its answer, 10 milliseconds to 1 minute. Default: 2 seconds.
  public var time = Duration.seconds(2)
  /// How long an answer about a user and a room counts, up to 1 day; publishing is asked about each time. Default: 0.
  public var cache = Duration.zero
  /// What holds while it is away. Default: refuse.
  public var away = BackendAbsence.refuse

  public init(target: String) {
    self.target = target
  }
}

/// What holds while a backend is away: it cannot be reached, does not answer in time, or answers with 5xx.
public enum BackendAbsence: String, Sendable, CaseIterable {
  /// `BACKEND_UNAVAILABLE`.
  case refuse
  /// As if it had allowed what it was asked.
  case allow
}
