import HubWire
import Testing

@testable import HubClient

@Suite struct TopScreenTests {
  private let nodes = [
    NodeRow(name: "n1", version: "1.2.3", connections: 12, load: 0.5, since: 0, isDraining: false),
    NodeRow(name: "n2", version: "1.2.3", connections: 7, load: 0, since: 1000, isDraining: true),
  ]

  private func state(_ readings: (events: Int, errors: Int)...) throws -> TopState {
    var state = TopState(hub: "http://hub.test")
    for (index, reading) in readings.enumerated() {
      let text = LiveSamples.metrics(events: reading.events, errors: reading.errors)
      state.take(try LiveSamples.reading(text, at: Int64(2 * (index + 1)), nodes: nodes))
    }
    return state
  }

  private func screen(_ state: TopState, columns: Int = 80, now: Int64 = 0, rows: Int? = nil) -> [String] {
    TopScreen(state, columns: columns, isLive: true).lines(now: now, rows: rows)
  }

  @Test func `it shows who the hub is, its size, what goes on and its nodes`() throws {
    let lines = screen(try state((0, 0), (200, 6), (400, 6)))
    #expect(lines[0] == "roomcast top  http://hub.test  node n1  version 1.2.3  up 6 s")
    let text = lines.joined(separator: "\n")
    for part in [
      "engine up for 6 s", "memory 12.3 MB", "connections 12  websocket 10  sse 1", "NOT_FOUND 0/s (6)",
      "p99 990 µs", "n2    1.2.3              7   0 %  5 s  draining",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(lines.contains { $0.hasPrefix("events/s                  100  ██") })
    #expect(lines.contains { $0.hasPrefix("deliveries/s            1,000  ██") })
  }

  @Test func `before the second reading there are no rates`() throws {
    #expect(screen(try state((5, 0))).contains("events/s                    –  "))
    #expect(screen(TopState(hub: "http://hub.test")).contains("connecting …"))
  }

  @Test func `while the hub is away it says so with what is left, and shows what it knew`() throws {
    var state = try state((0, 0), (200, 0))
    state.miss("connection refused", retryAt: 10_000_000_000)
    let lines = screen(state, now: 7_500_000_000)
    #expect(lines[1] == "OFFLINE, trying again in 3 s: connection refused")
    #expect(lines.contains { $0.hasPrefix("events/s                  100  █ ") })
    state.take(try LiveSamples.reading(LiveSamples.metrics(events: 10), at: 6))
    #expect(!screen(state).contains { $0.hasPrefix("OFFLINE") })
  }

  @Test func `no line is wider than the terminal, and no more lines than it has`() throws {
    let state = try state((0, 0), (200, 6))
    for columns in [1, 20, 80, 200] { #expect(screen(state, columns: columns).allSatisfy { $0.count <= columns }) }
    let lines = screen(state, rows: 6)
    #expect(lines.count == 6 && lines.last == "q quits")
    #expect(screen(state, rows: 24).last == "q quits" && screen(state, rows: 24).count < 24)
    #expect(screen(state, rows: 2).count == 2 && screen(state, rows: 1).count == 1)
  }

  @Test func `what a hub says does not steer the terminal`() throws {
    var state = TopState(hub: "http://hub.test")
    state.miss("\u{1B}[2J\u{9B}x\n", retryAt: 0)
    #expect(screen(state)[1].hasSuffix("s: ?[2J?x?"))
  }

  @Test func `as plain text there are no curves and no keys`() throws {
    let lines = TopScreen(try state((0, 0), (200, 0)), columns: 100, isLive: false).lines(now: 0)
    #expect(lines.contains("events/s                  100") && !lines.contains("q quits"))
  }

  @Test func `JSON has what is known and leaves out what is not`() throws {
    let figures = try #require(try state((0, 0), (200, 6)).figures)
    let json = try JSONObject(parsing: TopJSON.line(figures, hub: "http://hub.test"))
    #expect(try json.string("node") == "n1" && json.integer("uptime_s", in: 0...9) == 4)
    #expect(json.keys.contains("publish_to_write_us") && !json.keys.contains("rooms"))
    let text = String(decoding: TopJSON.line(figures, hub: "h"), as: UTF8.self)
    #expect(text.contains(#""events_per_s":100.000"#) && text.contains(#""errors_per_s":{"NOT_FOUND":3.000}"#))
    let away = try JSONObject(parsing: TopJSON.line(absence: "gone", time: 5, hub: "h"))
    #expect(try away.string("offline") == "gone")
  }
}
