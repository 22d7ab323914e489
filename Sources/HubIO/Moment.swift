/// A point on the monotonic clock, in nanoseconds since an arbitrary start.
///
/// Time is passed into everything that depends on it; only a ``Kernel`` reads a clock.
package struct Moment: Comparable, Hashable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }
  package static func + (moment: Moment, duration: Duration) -> Moment {
    Moment(nanoseconds: moment.nanoseconds + duration.nanoseconds)
  }
  package static func - (left: Moment, right: Moment) -> Duration {
    .nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

extension Duration {
  /// The whole duration in nanoseconds; durations here are far below the 292 years that fit.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The whole duration in milliseconds.
  package var milliseconds: Int64 { nanoseconds / 1_000_000 }

  /// The whole duration in seconds, with its fraction.
  package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
