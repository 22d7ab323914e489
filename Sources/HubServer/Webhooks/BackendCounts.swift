import HubIO

/// What one worker counts of a backend.
struct BackendCounts: Sendable {
  var allowed: UInt64 = 0
  var replaced: UInt64 = 0
  var replied: UInt64 = 0
  var refused: UInt64 = 0
  /// No answer in time, or none that could be understood.
  var failed: UInt64 = 0
  /// Answered from what was known.
  var cached: UInt64 = 0
  /// Questions that wait for their turn.
  var waiting = 0
  /// How long answers took.
  var times = Histogram()

  mutating func note(_ verdict: BackendAnswer.Verdict, after time: Duration) {
    times.observe(time)
    switch verdict {
    case .allow: allowed += 1
    case .replace: replaced += 1
    case .reply: replied += 1
    case .refuse: refused += 1
    }
  }

  mutating func add(_ other: BackendCounts) {
    allowed += other.allowed
    replaced += other.replaced
    replied += other.replied
    refused += other.refused
    failed += other.failed
    cached += other.cached
    waiting += other.waiting
    times.add(other.times)
  }
}
