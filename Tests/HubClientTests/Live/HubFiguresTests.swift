import HubWire
import Testing

@testable import HubClient

@Suite struct HubFiguresTests {
  @Test func `a rate is the difference over the time between`() throws {
    let figures = HubFigures(try LiveSamples.reading("e 70", at: 4), since: try LiveSamples.reading("e 10", at: 2))
    #expect(figures.rate("e") == HubFigures.Rate(total: 70, perSecond: 30) && figures.rate("f") == nil)
  }

  @Test func `without a reading before there are totals and no rates`() throws {
    let figures = HubFigures(try LiveSamples.reading("e 70", at: 4), since: nil)
    #expect(figures.rate("e") == HubFigures.Rate(total: 70, perSecond: nil) && figures.times("h") == nil)
  }

  @Test func `a counter that has become less began anew`() throws {
    let figures = HubFigures(try LiveSamples.reading("e 6", at: 4), since: try LiveSamples.reading("e 1000", at: 2))
    #expect(figures.rate("e")?.perSecond == 3)
  }

  @Test func `rates by a label: the fastest first, a new one from nothing`() throws {
    let before = try LiveSamples.reading("e{c=\"A\"} 100\ne{c=\"B\"} 1\ne{c=\"Z\"} 0", at: 0)
    let now = try LiveSamples.reading("e{c=\"A\"} 100\ne{c=\"B\"} 5\ne{c=\"C\"} 10\ne{c=\"Z\"} 0", at: 2)
    let rates = HubFigures(now, since: before).rates("e", by: "c")
    #expect(rates.map(\.name) == ["C", "B", "A"] && rates.map(\.rate.perSecond) == [5, 2, 0])
  }

  @Test func `times are those of the interval alone`() throws {
    let before = try LiveSamples.reading("h_bucket{le=\"1\"} 100\nh_bucket{le=\"+Inf\"} 100", at: 0)
    let now = try LiveSamples.reading(
      "h_bucket{le=\"1\"} 100\nh_bucket{le=\"3\"} 110\nh_bucket{le=\"+Inf\"} 110", at: 2)
    #expect(HubFigures(now, since: now).times("h") == nil)
    let later = try LiveSamples.reading(
      "h_bucket{le=\"1\"} 100\nh_bucket{le=\"3\"} 120\nh_bucket{le=\"+Inf\"} 120", at: 4)
    #expect(HubFigures(later, since: now).times("h")?.p50 == 2)
    #expect(HubFigures(now, since: before).times("h") != nil)
  }

  @Test(arguments: ["NaN", "+Inf", "-Inf", "1e300", "-1e300", "9.3e18", "-9.2e15", "-9.3e15"])
  func `an unusual number is no figure, or one that can be shown`(_ value: String) throws {
    let names = [
      "roomcast_engine_since_seconds", "roomcast_engine_up", "roomcast_draining", "roomcast_events_total",
      "roomcast_connections", "roomcast_errors_total{code=\"A\"}", "process_resident_memory_bytes",
      "roomcast_publish_to_write_seconds_bucket{le=\"1\"}", "roomcast_publish_to_write_seconds_bucket{le=\"+Inf\"}",
    ]
    let usual = try LiveSamples.reading(names.map { "\($0) 1" }.joined(separator: "\n"), at: 2)
    let unusual = try LiveSamples.reading(names.map { "\($0) \(value)" }.joined(separator: "\n"), at: 4)
    // As close to each other as leaves a rate of a finite number infinite.
    let soon = HubReading(moment: unusual.moment + 1, time: 4001, metrics: unusual.metrics, nodes: [])
    var state = TopState(hub: "h")
    for reading in [usual, unusual, soon, usual, unusual] {
      state.take(reading)
      #expect(TopScreen(state, columns: 80, isLive: true).lines(now: 0).count > 5)
      let figures = try #require(state.figures)
      #expect(throws: Never.self) { try JSONObject(parsing: TopJSON.line(figures, hub: "h")) }
    }
  }

  @Test func `an engine's age that no clock can show is not told`() throws {
    func age(_ since: String) throws -> Int64? {
      HubFigures(try LiveSamples.reading("roomcast_engine_since_seconds \(since)", at: 5), since: nil).engineAge
    }
    #expect(try age("2.5") == 2500 && age("1e300") == 0 && age("-1e300") == nil && age("NaN") == nil)
  }

  @Test func `the node's uptime is that of its row among the nodes`() throws {
    let rows = try NodeRow.rows(
      Array(
        #"{"nodes":[{"node":"a","version":"1","connections":5,"load":0.25,"since":1000,"draining":true},{"node":"b","since":2000}]}"#
          .utf8))
    #expect(rows[0] == NodeRow(name: "a", version: "1", connections: 5, load: 0.25, since: 1000, isDraining: true))
    let figures = HubFigures(
      try LiveSamples.reading("roomcast_info{version=\"1\",node=\"b\"} 1", at: 5, nodes: rows), since: nil)
    #expect(figures.node == "b" && figures.version == "1" && figures.uptime == 3000)
  }

  @Test(arguments: ["{}", "[]", #"{"nodes":[{}]}"#, #"{"nodes":5}"#])
  func `an answer without nodes is none`(_ text: String) {
    #expect(throws: HubError.self) { try NodeRow.rows(Array(text.utf8)) }
  }
}

/// Readings that no hub gave.
enum LiveSamples {
  static func reading(_ text: String, at seconds: Int64, nodes: [NodeRow] = []) throws -> HubReading {
    HubReading(
      moment: seconds * 1_000_000_000, time: seconds * 1000, metrics: try MetricSamples(parsing: Array(text.utf8)),
      nodes: nodes)
  }

  static func metrics(events: Int, errors: Int = 0) -> String {
    """
    roomcast_info{version="1.2.3",node="n1"} 1
    roomcast_connections 12
    roomcast_streams{kind="websocket"} 10
    roomcast_streams{kind="sse"} 1
    roomcast_engine_up 1
    roomcast_engine_since_seconds 0
    roomcast_events_total \(events)
    roomcast_deliveries_total \(events * 10)
    roomcast_sent_bytes_total \(events * 1000)
    roomcast_errors_total{code="NOT_FOUND"} \(errors)
    roomcast_overflows_total 0
    process_resident_memory_bytes 12345678
    roomcast_publish_to_write_seconds_bucket{le="0.001"} \(events)
    roomcast_publish_to_write_seconds_bucket{le="+Inf"} \(events)
    """
  }
}
