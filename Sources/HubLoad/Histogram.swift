/// Counts of durations, in steps of at most 1.6 %.
///
/// Log-linear: 64 steps for each power of two, so that adding is two shifts and an increment however wide the range is.
package struct Histogram: ~Copyable {
  private static let steps = 64
  private static let octaves = 40

  package private(set) var count = 0
  package private(set) var maximum: UInt64 = 0
  private let buckets: UnsafeMutablePointer<UInt64>

  package init() {
    buckets = .allocate(capacity: Self.steps * Self.octaves)
    buckets.initialize(repeating: 0, count: Self.steps * Self.octaves)
  }

  deinit { buckets.deallocate() }

  @inline(__always)
  package mutating func add(_ nanoseconds: UInt64) {
    count &+= 1
    if nanoseconds > maximum { maximum = nanoseconds }
    // Not through `buckets[…]`: changed in place there, it crashes the compiler under ThreadSanitizer (Swift 6.3.1).
    let bucket = buckets + Self.index(of: nanoseconds)
    bucket.pointee &+= 1
  }

  mutating func removeAll() {
    count = 0
    maximum = 0
    buckets.update(repeating: 0, count: Self.steps * Self.octaves)
  }

  /// The upper edge, in microseconds, of the step in which `percent` of all values are reached.
  package func percentile(_ percent: Double) -> Double {
    guard count > 0 else { return 0 }
    let wanted = max(1, UInt64((percent / 100 * Double(count)).rounded(.up)))
    var passed: UInt64 = 0
    for index in 0..<Self.steps * Self.octaves {
      passed += buckets[index]
      if passed >= wanted { return Double(min(Self.upperEdge(of: index), maximum)) / 1000 }
    }
    return Double(maximum) / 1000
  }

  @inline(__always)
  private static func index(of value: UInt64) -> Int {
    if value < 64 { return Int(truncatingIfNeeded: value) }
    let octave = 63 &- value.leadingZeroBitCount
    let step = Int(truncatingIfNeeded: (value &>> UInt64(truncatingIfNeeded: octave &- 6)) & 63)
    return min((octave &- 5) &* steps &+ step, steps * octaves - 1)
  }

  private static func upperEdge(of index: Int) -> UInt64 {
    if index < steps { return UInt64(index) }
    let octave = index / steps + 5
    return (UInt64(steps + index % steps + 1) << UInt64(octave - 6)) - 1
  }
}
