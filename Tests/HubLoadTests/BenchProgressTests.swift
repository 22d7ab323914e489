import Testing

@testable import HubLoad

@Suite struct BenchProgressTests {
  private func step(_ phase: LoadPhase, _ fraction: Double, deliveries: Int = 0) -> LoadProgress {
    LoadProgress(phase: phase, subscribed: 250, deliveries: deliveries, publishes: 5, fraction: fraction)
  }

  @Test func `the bar is as full as runs are done`() {
    var progress = BenchProgress(total: 4)
    #expect(progress.line("post", step(.connecting, 0), width: 80).hasPrefix("░░░░░░░░░░░░░░░░░░░░ 0 %"))
    progress.finishRun()
    progress.finishRun()
    let line = progress.line("post", step(.measuring, 1, deliveries: 1234), width: 80)
    #expect(line == "███████████████░░░░░ 75 %  post: measuring, 1,234 deliveries")
  }

  @Test func `it is shorter than the terminal is wide`() {
    #expect(BenchProgress(total: 1).line("post", step(.measuring, 0.5), width: 30).count == 29)
    #expect(BenchProgress(total: 1).line("post", step(.measuring, 0.5), width: 0).isEmpty)
  }

  @Test func `connecting is a part of a run, and half of connect`() {
    let fanout = LoadProgress.Span(LoadOptions(mode: .fanout))
    #expect(fanout.fraction(connected: 0.5, seconds: 0) == 0.05)
    #expect(fanout.fraction(connected: 1, seconds: fanout.seconds) == 1)
    #expect(fanout.fraction(connected: 1, seconds: 1e9) == 1)
    let connect = LoadProgress.Span(LoadOptions(mode: .connect))
    #expect(connect.fraction(connected: 1, seconds: 0) == 0.5)
  }
}
