import HubIO
import Testing

@testable import HubServer

@Suite struct PrometheusTextTests {
  @Test func `a family has its help and type once, and a line a sample`() {
    var text = PrometheusText()
    text.counter("a_total", "Counts.", [([("kind", "x")], 1), ([("kind", "y"), ("z", "w")], 2)])
    text.gauge("b", "Is.", -3)
    #expect(
      text.text == """
        # HELP a_total Counts.
        # TYPE a_total counter
        a_total{kind="x"} 1
        a_total{kind="y",z="w"} 2
        # HELP b Is.
        # TYPE b gauge
        b -3

        """)
  }

  @Test func `a histogram's buckets are cumulative and end with all`() {
    var histogram = Histogram()
    histogram.observe(.microseconds(1))
    histogram.observe(.microseconds(3), times: 2)
    histogram.observe(.seconds(1000))
    var text = PrometheusText()
    text.histogram("h", "Takes.", [([("r", "0")], histogram)])
    let lines = text.text.split(separator: "\n").map(String.init)
    let counts = lines.filter { $0.hasPrefix("h_bucket") }.compactMap {
      $0.split(separator: " ").last.flatMap { Int($0) }
    }
    #expect(counts.count == Histogram.edges + 1)
    #expect(counts == counts.sorted() && counts.prefix(3) == [1, 1, 3] && counts.last == 4)
    #expect(lines.contains(#"h_bucket{r="0",le="+Inf"} 4"#))
    #expect(lines.contains(#"h_count{r="0"} 4"#))
    #expect(lines.contains { $0.hasPrefix(#"h_sum{r="0"} 1000.0000"#) })
  }
}
