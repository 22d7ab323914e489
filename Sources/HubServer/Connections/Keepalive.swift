import HubIO

/// Decides when a client is pinged and when it is given up. A pure value.
///
/// A client is alive as long as it sends, or its kernel acknowledges bytes: one that reads slowly is not dead.
struct Keepalive {
  enum Verdict: Equatable {
    /// All is well until then.
    case wait(until: Moment)
    /// Send a ping, and look again then.
    case ping(lookAgain: Moment)
    /// Neither a byte nor an acknowledgement since the ping.
    case dead
  }

  /// When the client was last heard, or while a ping is under way, when that was sent.
  private var since: Moment
  /// Bytes acknowledged in all when the ping was sent; nil while none is under way.
  private var acknowledgedAtPing: UInt64?

  init(now: Moment) {
    since = now
  }

  mutating func heard(at now: Moment) {
    since = now
    acknowledgedAtPing = nil
  }

  /// - Parameter acknowledged: bytes that the peer has acknowledged since the connection began.
  mutating func check(at now: Moment, acknowledged: UInt64, ping: Duration, pong: Duration) -> Verdict {
    if let before = acknowledgedAtPing {
      if acknowledged <= before {
        // Asked too early: the timer serves others as well.
        let end = since + pong
        return now < end ? .wait(until: end) : .dead
      }
      heard(at: now)
    }
    let due = since + ping
    if now < due { return .wait(until: due) }
    acknowledgedAtPing = acknowledged
    since = now
    return .ping(lookAgain: now + pong)
  }
}
