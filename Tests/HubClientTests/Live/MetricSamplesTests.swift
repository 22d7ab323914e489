import Testing

@testable import HubClient

@Suite struct MetricSamplesTests {
  private func samples(_ text: String) throws -> MetricSamples { try MetricSamples(parsing: Array(text.utf8)) }

  @Test func `samples are read, and comments, blanks and times passed over`() throws {
    let samples = try samples(
      "# HELP a What it is.\n# TYPE a counter\na 5\n\n  b{ x=\"1\" , y=\"2\", } 2.5e3 1700000000\nc\t-1\r\n")
    #expect(samples.sum("a") == 5 && samples.sum("b") == 2500 && samples.sum("c") == -1 && samples.sum("d") == nil)
  }

  @Test func `escapes in labels stand for what they escape`() throws {
    let samples = try samples(#"a{x="one\\two\"three\nfour",y="}"} 1"#)
    #expect(samples.label("x", of: "a") == "one\\two\"three\nfour" && samples.label("y", of: "a") == "}")
  }

  @Test func `values are added up, all or those of a label`() throws {
    let samples = try samples("a{k=\"x\",r=\"0\"} 1\na{k=\"y\",r=\"0\"} 2\na{k=\"x\",r=\"1\"} 4\n")
    #expect(samples.sum("a") == 7 && samples.sum("a", where: ["k": "x"]) == 5)
    #expect(samples.sum("a", where: ["k": "z"]) == nil && samples.values("a", by: "k") == ["x": 5, "y": 2])
  }

  @Test func `values that are infinite or no numbers are passed over, and huge ones are not`() throws {
    let samples = try samples("a +Inf\nb -Inf\nc NaN\nd 1e300\nd +Inf\ne 1e999\n")
    #expect(["a", "b", "c", "e"].allSatisfy { samples.sum($0) == nil } && samples.sum("d") == 1e300)
  }

  @Test func `an edge that is no number is none`() throws {
    let counts = try samples("h_bucket{le=\"NaN\"} 1\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3").buckets("h")
    #expect(counts.buckets.map(\.edge) == [1, .infinity])
  }

  @Test(arguments: [
    "a", "a x", "a{x=\"1\" 2", "a{x=1} 2", "a{x=\"1\"y=\"2\"} 3", "a{x=\"1", "a{x=\"1\\", "{x=\"1\"} 2", "<html>",
  ])
  func `what is no sample is told with its line`(_ line: String) {
    do throws(MetricSyntaxError) {
      _ = try MetricSamples(parsing: Array("ok 1\n\(line)\n".utf8))
      Issue.record("\(line) is taken")
    } catch {
      #expect(error.line == 2)
    }
  }

  @Test func `a histogram is added up over its other labels and ordered by its edges`() throws {
    let samples = try samples(
      """
      h_bucket{r="0",le="0.2"} 3
      h_bucket{r="0",le="0.1"} 1
      h_bucket{r="0",le="+Inf"} 4
      h_bucket{r="1",le="0.1"} 1
      h_bucket{r="1",le="0.2"} 1
      h_bucket{r="1",le="+Inf"} 1
      """)
    let counts = samples.buckets("h")
    #expect(counts.buckets.map(\.edge) == [0.1, 0.2, .infinity] && counts.buckets.map(\.count) == [2, 4, 5])
    #expect(samples.buckets("none").count == 0)
  }
}
