import HubIO

/// Lets through so many of something a second, and a burst after a pause. A pure value of 24 bytes.
///
/// Tokens come in at `rate` a second, and `burst` of them are kept at most. Whatever the calls are, in any window of
/// time no more than `burst + rate × seconds` are taken. The arithmetic is whole numbers, so nothing is gained or lost
/// by rounding. Time that goes backwards brings no tokens.
struct TokenBucket: Sendable, Equatable {
  /// Tokens a second, at least 1.
  let rate: UInt32
  /// Tokens that are kept at most, at least 1.
  let burst: UInt32
  /// Tokens times a thousand million, so that each nanosecond brings `rate`. Fits: the burst is below 2³².
  private var level: Int64
  private var last: Moment

  private static let token: Int64 = 1_000_000_000

  /// A full bucket. Both numbers are taken as the nearest that a bucket can have.
  init(rate: Int, burst: Int, at now: Moment) {
    self.rate = UInt32(clamping: max(1, rate))
    self.burst = UInt32(clamping: max(1, burst))
    level = Int64(self.burst) * Self.token
    last = now
  }

  /// Takes `count` tokens, or none where there are not so many.
  mutating func take(_ count: Int, at now: Moment) -> Bool {
    guard holds(count, at: now) else { return false }
    level -= Int64(count) * Self.token
    return true
  }

  /// Whether ``take(_:at:)`` would take so many.
  mutating func holds(_ count: Int, at now: Moment) -> Bool {
    fill(at: now)
    return count <= Int(burst) && Int64(count) * Self.token <= level
  }

  /// How long until there are `count` tokens; nil where there never are, because they are more than the burst.
  mutating func untilNext(_ count: Int = 1, at now: Moment) -> Duration? {
    guard count <= Int(burst) else { return nil }
    fill(at: now)
    let missing = Int64(count) * Self.token - level
    return missing <= 0 ? .zero : .nanoseconds((missing + Int64(rate) - 1) / Int64(rate))
  }

  private mutating func fill(at now: Moment) {
    guard now > last else { return }
    let full = Int64(burst) * Self.token
    let (gained, overflows) = (now.nanoseconds - last.nanoseconds).multipliedReportingOverflow(by: Int64(rate))
    level = overflows || gained >= full - level ? full : level + gained
    last = now
  }
}
