import HubIO
import HubWire

/// How a stream stands with its credential as time goes by. A pure value: it is asked at its own moments, and says what
/// to do.
struct Authority {
  private enum Phase {
    /// Nothing ends it.
    case lasting
    /// Nothing was presented yet: the client must authenticate by then, or be subscribed to what anyone may read.
    case awaiting(until: Moment)
    case valid(until: Moment)
    /// Expired; a fresh token is taken until then.
    case grace(until: Moment)
  }

  /// A hundred years, in milliseconds: tokens may say that they never end, and the hub's clock cannot count that far.
  private static let longest: Int64 = 100 * 365 * 86_400_000

  /// What the stream does at a look.
  enum Step {
    /// Looks again then; never, for nil.
    case wait(Moment?)
    /// The token has expired: the client is told, and has until then.
    case warn(Moment)
    case close(HubError)
  }

  private(set) var grant: Grant
  private var phase: Phase

  /// - Parameters:
  ///   - wallTime: milliseconds since 1970, to place the token's own end on the hub's clock.
  ///   - patience: how long a client that has presented nothing may take to do so.
  init(_ grant: Grant, now: Moment, wallTime: Int64, patience: Duration) {
    self.grant = grant
    if grant.source == .anonymous {
      phase = .awaiting(until: now + patience)
    } else if let expires = grant.expires {
      phase = .valid(until: now + .milliseconds(min(max(0, expires * 1000 - wallTime), Self.longest)))
    } else {
      phase = .lasting
    }
  }

  /// Takes over what the same credential allows after a reload; its time goes on.
  mutating func renew(_ grant: Grant) {
    self.grant = grant
    if grant.source == .open { phase = .lasting }
  }

  /// The next moment at which there is something to look at.
  var next: Moment? {
    switch phase {
    case .lasting: nil
    case .awaiting(let moment), .valid(let moment), .grace(let moment): moment
    }
  }

  /// Nothing may be asked for any more until a fresh token has come.
  var hasExpired: Bool {
    if case .grace = phase { true } else { false }
  }

  /// What a client may publish that was allowed to when it asked.
  ///
  /// - Throws: `TOKEN_EXPIRED`, and what ``Grant/checkPublish(_:)`` throws.
  func checkPublish(_ room: RoomName) throws(HubError) {
    if hasExpired { throw HubError(.tokenExpired, "the token has expired") }
    try grant.checkPublish(room)
  }

  /// - Parameters:
  ///   - isSubscribed: to something, which is enough for one who presented nothing.
  ///   - grace: how long after its end a token may be replaced.
  mutating func look(at now: Moment, isSubscribed: Bool, grace: Duration) -> Step {
    guard let moment = next, now >= moment else { return .wait(next) }
    switch phase {
    case .lasting: return .wait(nil)
    case .awaiting where isSubscribed:
      phase = .lasting
      return .wait(nil)
    case .awaiting: return .close(HubError(.timeout, "no `auth` came within the limit (`handshake`)"))
    case .valid:
      phase = .grace(until: now + grace)
      return .warn(now + grace)
    case .grace: return .close(HubError(.tokenExpired, "the token has expired and was not replaced in time"))
    }
  }
}
