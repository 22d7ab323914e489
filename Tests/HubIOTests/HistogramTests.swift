import HubIO
import Testing

@Suite struct HistogramTests {
  @Test func `a duration is counted below the first edge that is not smaller`() {
    for index in 0..<Histogram.edges {
      let edge = Duration.microseconds(1 << index)
      #expect(Self.bucket(of: edge) == index)
      #expect(Self.bucket(of: edge + .nanoseconds(1)) == index + 1)
      #expect(Histogram.edge(index) * 1e6 == Double(1 << index))
    }
    #expect(Self.bucket(of: .zero) == 0)
    #expect(Self.bucket(of: .nanoseconds(-5)) == 0)
    #expect(Self.bucket(of: .seconds(1_000_000)) == Histogram.edges)
  }

  @Test func `counts and sums add up`() {
    var one = Histogram()
    one.observe(.milliseconds(3), times: 4)
    one.observe(.milliseconds(1))
    var other = Histogram()
    other.observe(.milliseconds(10))
    one.add(other)
    #expect(one.count == 6)
    #expect(one.sum == .milliseconds(23))
    #expect(one.buckets.reduce(0, +) == 6)
  }

  private static func bucket(of duration: Duration) -> Int? {
    var histogram = Histogram()
    histogram.observe(duration)
    return histogram.buckets.firstIndex(of: 1)
  }
}
