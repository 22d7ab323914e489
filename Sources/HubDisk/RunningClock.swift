import HubIO

/// The time in which the hub ran, in milliseconds, over all its runs: what keys and rooms age by, so that a wall clock
/// that jumps changes nothing.
struct RunningClock: Sendable {
  /// What it showed last.
  private(set) var now: Int64
  /// The last moment that it was told.
  private(set) var moment: Moment?
  /// Nanoseconds that do not make up a millisecond yet.
  private var rest: Int64 = 0

  init(_ now: Int64) {
    self.now = now
  }

  /// Callers on several threads may be told moments out of order; it never goes back.
  mutating func advance(to moment: Moment) {
    guard let before = self.moment else {
      self.moment = moment
      return
    }
    guard moment > before else { return }
    let passed = (moment - before).nanoseconds + rest
    now += passed / 1_000_000
    rest = passed % 1_000_000
    self.moment = moment
  }
}
