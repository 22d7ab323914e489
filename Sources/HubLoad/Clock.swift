import Glibc

/// Nanoseconds of the monotonic clock.
@inline(__always)
package func monotonicNow() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}

extension Double {
  /// The number in seconds as nanoseconds.
  package var nanoseconds: UInt64 { UInt64(self * 1e9) }
}
