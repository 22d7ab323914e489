/// What `roomcast top` knows of a hub: the last figures, how they came about, and whether it is there. A pure value.
package struct TopState: Sendable {
  package struct Absence: Sendable {
    package var reason: String
    /// When it is tried again, in nanoseconds of the clock of the readings.
    package var retryAt: Int64
  }

  /// What the hub is called.
  package let hub: String
  package private(set) var figures: HubFigures?
  /// Why there is nothing newer, while that is so.
  package private(set) var absence: Absence?
  package private(set) var events = Sparkline(most: kept)
  package private(set) var deliveries = Sparkline(most: kept)
  package private(set) var bytes = Sparkline(most: kept)
  package private(set) var latency = Sparkline(most: kept)
  private var last: HubReading?

  /// As many values of a figure as a wide terminal shows.
  private static let kept = 200

  package init(hub: String) {
    self.hub = hub
  }

  /// The hub has answered.
  package mutating func take(_ reading: HubReading) {
    let figures = HubFigures(reading, since: last)
    absence = nil
    if last != nil {
      events.add(figures.rate("roomcast_events_total")?.perSecond)
      deliveries.add(figures.rate("roomcast_deliveries_total")?.perSecond)
      bytes.add(figures.rate("roomcast_sent_bytes_total")?.perSecond)
      latency.add(figures.times("roomcast_publish_to_write_seconds")?.p99)
    }
    self.figures = figures
    last = reading
  }

  /// It has not.
  package mutating func miss(_ reason: String, retryAt: Int64) {
    if absence == nil {
      for line in [\TopState.events, \.deliveries, \.bytes, \.latency] { self[keyPath: line].add(nil) }
    }
    absence = Absence(reason: reason, retryAt: retryAt)
  }
}
