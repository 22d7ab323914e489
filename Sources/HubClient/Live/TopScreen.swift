/// The figures of a hub as lines of text, for a terminal of at least 80 columns. A pure value.
package struct TopScreen {
  private let state: TopState
  private let columns: Int
  /// With curves, and a line about the keys.
  private let isLive: Bool

  private static let numberWidth = 12
  private static let titleWidth = 17

  /// - Parameter columns: where lines are cut.
  package init(_ state: TopState, columns: Int, isLive: Bool) {
    (self.state, self.columns, self.isLive) = (state, columns, isLive)
  }

  /// - Parameters:
  ///   - now: of the clock of the readings.
  ///   - rows: how many lines there is room for; all where it is nil.
  package func lines(now: Int64, rows: Int? = nil) -> [String] {
    var lines = [heading]
    if let absence = state.absence {
      let left = max(0, (absence.retryAt - now + 999_999_999) / 1_000_000_000)
      lines.append("OFFLINE, trying again in \(left) s: \(absence.reason)")
    }
    if let figures = state.figures {
      lines += about(figures) + [""] + size(figures) + [""] + traffic(figures) + [""] + troubles(figures)
      lines += [""] + nodes(figures)
    } else if state.absence == nil {
      lines.append("connecting …")
    }
    if let rows, isLive {
      lines = Array(lines.prefix(max(1, rows - 1)))
      if rows > 1 { lines.append("q quits") }
    }
    return lines.map { String(PrintableText.line($0).prefix(columns)) }
  }

  private var heading: String {
    guard let figures = state.figures else { return "roomcast top  \(state.hub)" }
    let node = figures.node.map { "  node \($0)" } ?? ""
    return "roomcast top  \(state.hub)\(node)  version \(figures.version ?? "–")"
      + (figures.uptime.map { "  up \(FigureText.age($0))" } ?? "") + (figures.isDraining ? "  DRAINING" : "")
  }

  private func about(_ figures: HubFigures) -> [String] {
    let engine = figures.engineAge.map { " for \(FigureText.age($0))" } ?? ""
    return [
      "engine \(figures.isEngineUp ? "up" : "DOWN")\(engine)  "
        + "memory \(FigureText.bytes(figures.gauge("process_resident_memory_bytes")))  "
        + "history \(FigureText.bytes(figures.gauge("roomcast_history_bytes")))"
    ]
  }

  private func size(_ figures: HubFigures) -> [String] {
    func number(_ value: Double?) -> String { FigureText.number(value) }
    return [
      "connections \(number(figures.gauge("roomcast_connections")))  "
        + "websocket \(number(figures.streams("websocket")))  sse \(number(figures.streams("sse")))",
      "rooms \(number(figures.gauge("roomcast_rooms")))  "
        + "subscriptions \(number(figures.gauge("roomcast_subscriptions")))  "
        + "members \(number(figures.gauge("roomcast_members")))",
    ]
  }

  // MARK: What goes on

  private func traffic(_ figures: HubFigures) -> [String] {
    func perSecond(_ name: String) -> String { FigureText.number(figures.rate(name)?.perSecond) }
    let bytes = FigureText.bytes(figures.rate("roomcast_sent_bytes_total")?.perSecond)
    return [
      row("events/s", perSecond("roomcast_events_total"), state.events),
      row("deliveries/s", perSecond("roomcast_deliveries_total"), state.deliveries),
      row("sent/s", bytes, state.bytes),
      row("publish to write", times(figures.times("roomcast_publish_to_write_seconds")), state.latency),
      row("reactor turns", times(figures.times("roomcast_turn_seconds")), nil),
    ]
  }

  private func times(_ times: HubFigures.Times?) -> String {
    guard let times else { return "–" }
    return "p50 \(FigureText.time(times.p50))  p95 \(FigureText.time(times.p95))  p99 \(FigureText.time(times.p99))"
  }

  private func row(_ title: String, _ value: String, _ curve: Sparkline?) -> String {
    let start = Self.padded(title, to: Self.titleWidth) + Self.padded(value, to: Self.numberWidth, right: true)
    guard isLive, let curve else { return start }
    return start + "  " + curve.text(width: columns - start.count - 2)
  }

  // MARK: What goes wrong

  private func troubles(_ figures: HubFigures) -> [String] {
    let slow = [
      ("overflows", "roomcast_overflows_total"), ("gaps", "roomcast_gaps_total"),
      ("missed ephemeral", "roomcast_ephemeral_missed_total"), ("stream overflows", "roomcast_stream_overflows_total"),
    ].map { title, name in "\(title) \(counted(figures.rate(name)))" }
    let errors = figures.rates("roomcast_errors_total", by: "code").map { "\($0.name) \(counted($0.rate))" }
    return listed("slow readers", slow) + listed("errors", errors.isEmpty ? ["none"] : errors)
  }

  /// `0.5/s (12)`: how fast, and how many in all.
  private func counted(_ rate: HubFigures.Rate?) -> String {
    guard let rate else { return "–" }
    let total = FigureText.number(rate.total)
    return rate.perSecond.map { "\(FigureText.number($0))/s (\(total))" } ?? "(\(total))"
  }

  /// Items behind a title, on as many lines as they need.
  private func listed(_ title: String, _ items: [String]) -> [String] {
    var lines = [Self.padded(title, to: Self.titleWidth)]
    for (number, item) in items.enumerated() {
      if number > 0, lines[lines.count - 1].count + 2 + item.count > max(80, columns) {
        lines.append(Self.padded("", to: Self.titleWidth) + item)
      } else {
        lines[lines.count - 1] += (number > 0 && lines[lines.count - 1].count > Self.titleWidth ? "  " : "") + item
      }
    }
    return lines
  }

  private func nodes(_ figures: HubFigures) -> [String] {
    guard !figures.nodes.isEmpty else { return [] }
    let rows = figures.nodes.map { node in
      [
        node.name, node.version, FigureText.number(Double(node.connections)),
        "\(FigureText.decimal(100 * node.load, digits: 0)) %", FigureText.age(max(0, figures.time - node.since)),
        node.isDraining ? "draining" : "",
      ]
    }
    let all = [["NODE", "VERSION", "CONNECTIONS", "LOAD", "UP", ""]] + rows
    let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { cells in
      let text = cells.enumerated().map { Self.padded($1, to: widths[$0], right: $0 == 2 || $0 == 3) }.joined(
        separator: "  ")
      return Self.withoutEnd(text)
    }
  }

  // MARK: Text

  private static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return right ? blanks + text : text + blanks
  }

  private static func withoutEnd(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }
}
