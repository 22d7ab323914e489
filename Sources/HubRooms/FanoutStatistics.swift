package import HubIO

/// What the fan-out of one reactor counts.
package struct FanoutStatistics {
  /// Events times the live members that they were pushed to.
  package var deliveries: UInt64 = 0
  /// Members that left the live stream because their outbox was full.
  package var overflows: UInt64 = 0
  /// Times that the stream to this reactor was full and a room's members here were sent to history.
  package var streamOverflows: UInt64 = 0
  /// Gaps told: a subscriber was slower than the history reaches back.
  package var gaps: UInt64 = 0
  /// Ephemeral events times the subscribers that were not live and so did not get them.
  package var ephemeralMissed: UInt64 = 0
  /// Events read from history for subscribers that caught up or resumed.
  package var replayed: UInt64 = 0
  /// Subscriptions, in all states.
  package var subscriptions = 0
  /// From taking a publish to having handed it to the sockets, once for each delivery.
  package var latency = Histogram()

  /// Pushed in this turn and not flushed yet: when each event was published, and to how many.
  var waiting: ContiguousArray<(Moment, Int)> = []

  package init() {}

  mutating func flushed(at moment: Moment) {
    for (published, members) in waiting { latency.observe(moment - published, times: members) }
    waiting.removeAll(keepingCapacity: true)
  }
}
