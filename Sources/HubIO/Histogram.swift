/// Durations, counted in buckets that double: from 1 µs to about 67 s, and one for what is longer.
package struct Histogram: Sendable {
  /// Upper edges are 1 µs · 2ⁿ for n from 0 to 26; the last bucket is open.
  package static let edges = 27

  /// One count a bucket, not cumulative.
  package private(set) var buckets: [UInt64]
  package private(set) var sum: Duration = .zero

  package init() {
    buckets = Array(repeating: 0, count: Self.edges + 1)
  }

  /// Counts `duration` as often as `times` says.
  package mutating func observe(_ duration: Duration, times: Int = 1) {
    let nanoseconds = UInt64(max(0, duration.nanoseconds))
    let microseconds = (nanoseconds + 999) / 1000
    let bucket = microseconds <= 1 ? 0 : UInt64.bitWidth - (microseconds - 1).leadingZeroBitCount
    buckets[min(bucket, Self.edges)] += UInt64(times)
    sum += duration * times
  }

  package var count: UInt64 { buckets.reduce(0, +) }

  /// The upper edge of bucket `index` in seconds.
  package static func edge(_ index: Int) -> Double { 1e-6 * Double(UInt64(1) << UInt64(index)) }

  package mutating func add(_ other: Histogram) {
    for index in buckets.indices { buckets[index] += other.buckets[index] }
    sum += other.sum
  }
}
