/// What is counted of one target that is told of events.
struct WebhookCounts: Sendable, Equatable {
  /// Events that happened, those that were dropped included.
  var events: UInt64 = 0
  var delivered: UInt64 = 0
  /// Dropped because the queue was full.
  var overflows: UInt64 = 0
  /// Dropped because they were tried for long enough.
  var expired: UInt64 = 0
  /// Requests, by whether the target took them.
  var taken: UInt64 = 0
  var failed: UInt64 = 0
  var waiting = 0
  var waitingBytes = 0

  mutating func note(_ ending: WebhookQueue.Ending) {
    switch ending {
    case .delivered(let events):
      taken += 1
      delivered += UInt64(events)
    case .again: failed += 1
    case .dropped(let events):
      failed += 1
      expired += UInt64(events)
    }
  }
}
