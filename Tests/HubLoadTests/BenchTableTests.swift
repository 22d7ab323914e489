import Testing

@testable import HubLoad

@Suite struct BenchTableTests {
  private let fanout = Samples.result(
    "window-16", knowsServer: true,
    Samples.figures(.fanout, delivered: 2_468_000, published: 2468, serverCPU: 1.9, ownCPU: 2, waited: 1))
  private let connect = Samples.result("connect", Samples.figures(.connect, ownCPU: 0.1))

  @Test func `Markdown has a row a case, and numbers at the right`() {
    let lines = BenchTable([fanout, connect]).markdown.split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.count(where: { $0 == "|" }) == 12 })
    #expect(lines[1].hasPrefix("| --- | --: |"))
    #expect(lines[2] == "| window-16 | 1,234,000 | 1,234 | – | 1.00 | 1.00 | 1.00 | 1.00 | 95 % | 50 % | server |")
    #expect(lines[3] == "| connect | – | – | 2,000 | 1.00 | 1.00 | 1.00 | 1.00 | – | 20 % | not the load |")
  }

  @Test func `on a terminal all rows have their columns one below the other`() {
    let lines = BenchTable([fanout, connect]).aligned.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("case       deliveries/s  publishes/s"))
    #expect(lines[1].hasPrefix("window-16     1,234,000        1,234"))
    #expect(lines[2].hasPrefix("connect               –            –       2,000"))
  }

  @Test func `without a known process there is no column for the hub's CPU`() {
    #expect(!BenchTable([connect]).markdown.contains("hub CPU"))
  }

  @Test func `counts have commas, and milliseconds as many decimals as say something`() {
    #expect([nil, 0, 999, 1000, 1_234_567.4].map(BenchTable.count) == ["–", "0", "999", "1,000", "1,234,567"])
    #expect([nil, 45, 4500, 45_000, 450_000].map(BenchTable.milliseconds) == ["–", "0.045", "4.50", "45.0", "450"])
  }

  @Test func `figures are medians of the runs, and faults their sum`() throws {
    var findings = Findings()
    (findings.missing, findings.doubles) = (2, 1)
    let result = Samples.result(
      "window-1", Samples.figures(.fanout, delivered: 100),
      Samples.figures(.fanout, delivered: 600, findings: findings),
      Samples.figures(.fanout, delivered: 200))
    #expect(result.deliveriesPerSecond == 100 && result.connectsPerSecond == nil)
    #expect(result.faults == 3 && result.faultText == "2 lost, 1 doubled")
    let json = try #require(JSONLine(result.json.text))
    #expect(json.number("deliveries_per_s") == 100 && json.number("faults") == 3 && json.text("case") == "window-1")
    #expect(json.number("p50_us") == 1000 && json.number("hub_cpu_percent") == nil)
  }

  @Test func `a case with faults is marked`() {
    func row(missing: Int) -> Substring? {
      var findings = Findings()
      findings.missing = missing
      let result = Samples.result("post", Samples.figures(.http, findings: findings))
      return BenchTable([result]).markdown.split(separator: "\n").last
    }
    #expect(
      row(missing: 0)?.hasPrefix("| post | ") == true && row(missing: 1)?.hasPrefix("| post (1 fault) | ") == true)
    #expect(row(missing: 1234)?.hasPrefix("| post (1,234 faults) | ") == true)
  }

  @Test func `who is saturated is told by nine tenths of a core`() {
    #expect(Saturation(server: 95, load: 40) == .server && Saturation(server: 95, load: 95) == .both)
    #expect(Saturation(server: 40, load: 95) == .load && Saturation(server: 40, load: 40) == .neither)
    #expect(Saturation(server: nil, load: 95) == .load && Saturation(server: nil, load: 40) == .notLoad)
    #expect(Samples.result("latency", Samples.figures(.latency)).saturation == nil)
  }
}
