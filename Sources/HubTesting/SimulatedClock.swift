package import HubIO

/// The time of a simulation: stands still until it is moved.
package final class SimulatedClock {
  package private(set) var now = Moment(nanoseconds: 1_000_000_000)

  package init() {}

  /// Milliseconds since 1970, moving along with ``now``.
  package var wallTime: Int64 { 1_700_000_000_000 + now.nanoseconds / 1_000_000 }

  package func advance(by duration: Duration) {
    now = now + max(.zero, duration)
  }
}
