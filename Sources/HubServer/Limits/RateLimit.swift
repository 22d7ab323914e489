import HubIO

/// Decides which of a client's messages are handled, by their number and their bytes a second. A pure value.
///
/// Each rate has a burst of one second's worth, that of bytes at least the largest message that is allowed. What comes
/// faster is dropped. Only who goes on and on is closed: when something had to be dropped in each of five seconds
/// running. A client that is told of a drop and waits two seconds is never closed.
struct RateLimit: Sendable {
  enum Verdict: Equatable {
    case pass
    /// The message counts for nothing, and its client is told.
    case drop(Limit)
    /// The client does not slow down.
    case close(Limit)
  }

  /// Seconds running in which something is dropped, until the connection is closed.
  static let patience = 5

  private var messages: TokenBucket?
  private var bytes: TokenBucket?
  /// The second of the clock in which something was dropped last.
  private var lastDrop: Int64 = .min
  /// How many seconds before it, without a gap, and itself.
  private var streak = 0

  /// - Parameters:
  ///   - messages: a second; 0 for any number.
  ///   - bytes: a second; 0 for any number.
  ///   - largest: bytes of the largest message that is allowed.
  init(messages: Int, bytes: Int, largest: Int, at now: Moment) {
    if messages > 0 { self.messages = TokenBucket(rate: messages, burst: messages, at: now) }
    if bytes > 0 { self.bytes = TokenBucket(rate: bytes, burst: max(bytes, largest), at: now) }
  }

  /// Whether these are the rates that it was made for: settings can be changed while a client is connected.
  func isFor(messages: Int, bytes: Int) -> Bool {
    Int(self.messages?.rate ?? 0) == messages && Int(self.bytes?.rate ?? 0) == bytes
  }

  /// A message of so many bytes has come.
  mutating func receive(bytes count: Int, at now: Moment) -> Verdict {
    if messages?.holds(1, at: now) == false { return drop(.messages, now) }
    if bytes?.take(count, at: now) == false { return drop(.bytes, now) }
    _ = messages?.take(1, at: now)
    return .pass
  }

  private mutating func drop(_ limit: Limit, _ now: Moment) -> Verdict {
    let second = now.nanoseconds / 1_000_000_000
    if second != lastDrop {
      streak = second == lastDrop &+ 1 ? streak + 1 : 1
      lastDrop = second
    }
    return streak >= Self.patience ? .close(limit) : .drop(limit)
  }
}
