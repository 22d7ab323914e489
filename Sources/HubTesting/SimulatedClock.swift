package import HubIO

/// The time of a simulation: stands still until it is moved. The wall clock can be set, as an operator does, without the
/// monotonic clock noticing.
package final class SimulatedClock {
  package private(set) var now = Moment(nanoseconds: 1_000_000_000)

  package init() {}

  /// Milliseconds since 1970 at the monotonic clock's zero.
  private var wallStart: Int64 = 1_700_000_000_000

  /// Milliseconds since 1970, moving along with ``now`` from one jump to the next.
  package var wallTime: Int64 { wallStart + now.nanoseconds / 1_000_000 }

  /// Somebody sets the wall clock, forwards or backwards.
  package func jump(by duration: Duration) {
    wallStart += duration.nanoseconds / 1_000_000
  }

  package func advance(by duration: Duration) {
    now = now + max(.zero, duration)
  }
}
