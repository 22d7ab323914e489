import Testing

@testable import HubLoad

@Suite struct PercentilesTests {
  @Test func `a percentile is reached by so many of all values, to the step of the histogram`() {
    let latency = Samples.histogram((1...1000).map(Double.init))
    #expect(latency.count == 1000 && latency.maximum == 1000)
    for (value, wanted) in [(latency.p50, 500.0), (latency.p95, 950), (latency.p99, 990), (latency.p999, 999)] {
      #expect(abs(value - wanted) / wanted < 0.02)
    }
  }

  @Test func `the curve rises and stands at the percentiles of its places`() {
    let latency = Samples.histogram((1...1000).map(Double.init))
    #expect(latency.curve.count == Percentiles.places.count)
    #expect(latency.curve == latency.curve.sorted())
    #expect(latency.curve[Percentiles.places.firstIndex(of: 2)!] == latency.p99)
  }

  @Test func `places and percentiles are each other's inverse, and a nine is one place`() {
    #expect(abs(Percentiles.place(of: 90) - 1) < 1e-9 && abs(Percentiles.place(of: 99.9) - 3) < 1e-9)
    #expect(abs(Percentiles.percent(at: Percentiles.place(of: 50)) - 50) < 1e-9)
  }

  @Test func `of several runs each figure is the median, and the maximum the greatest`() throws {
    let runs = [[100.0], [300], [200]].map(Samples.histogram)
    let median = try #require(Percentiles(medianOf: runs))
    #expect(median.p50 == 200 && median.p99 == 200 && median.maximum == 300 && median.count == 3)
    #expect(Percentiles(medianOf: []) == nil)
  }

  @Test func `the median of an even number is between the middle two`() {
    #expect([4.0, 1, 3, 2].median == 2.5 && [7.0].median == 7 && [Double]().median == nil)
  }

  @Test func `an emptied histogram counts anew`() {
    var histogram = Histogram()
    histogram.add(5_000_000)
    histogram.removeAll()
    #expect(histogram.percentile(50) == 0 && histogram.count == 0)
    histogram.add(7_000)
    #expect(histogram.percentile(100) == 7)
  }
}
