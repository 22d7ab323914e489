/// How long to wait before the next try: exponential, with full jitter and a cap. A pure value.
///
/// Full jitter (anything from nothing to the limit) spreads clients that lost the same hub at the same moment better
/// than a jitter around a fixed delay.
public struct Backoff: Sendable {
  /// The limit of the first delay; each further one doubles it.
  public let base: Duration
  /// What no delay of its own choice is longer than.
  public let cap: Duration
  /// Tries since the last success.
  public private(set) var tries = 0
  private var random: any RandomNumberGenerator & Sendable

  /// - Parameters:
  ///   - base: the bound of the first wait, and what is added at random to a wait that was asked for.
  ///   - cap: the bound of every wait.
  ///   - random: where the jitter comes from; a seeded one makes the delays repeatable.
  public init(
    base: Duration = .milliseconds(500), cap: Duration = .seconds(30),
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    precondition(base > .zero && cap >= base, "a backoff begins above nothing and not above its cap")
    self.base = base
    self.cap = cap
    self.random = random
  }

  /// The limit of the next delay.
  public var limit: Duration {
    // Past 2^40 every base has met every cap.
    min(cap, base * (1 << min(tries, 40)))
  }

  /// The delay before the next try.
  ///
  /// - Parameter given: what the hub asked for. It is never cut short, and made longer by up to ``base``, because all of
  ///   its clients may have been told the same.
  public mutating func next(given: Duration? = nil) -> Duration {
    let upTo = given == nil ? limit : base
    tries += 1
    return (given ?? .zero) + jitter(upTo: upTo)
  }

  /// Begins anew: a connection has proven good.
  public mutating func reset() {
    tries = 0
  }

  private mutating func jitter(upTo limit: Duration) -> Duration {
    let (seconds, attoseconds) = limit.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    return .nanoseconds(Int64.random(in: 0...nanoseconds, using: &random))
  }
}
