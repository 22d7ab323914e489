/// The results of cases as a table: Markdown, or columns for a terminal. A pure value.
package struct BenchTable {
  private let results: [BenchResult]
  private let knowsServer: Bool

  package init(_ results: [BenchResult]) {
    self.results = results
    knowsServer = results.contains { $0.serverPercent != nil }
  }

  private var titles: [String] {
    ["case", "deliveries/s", "publishes/s", "connects/s", "p50 ms", "p95 ms", "p99 ms", "max ms"]
      + (knowsServer ? ["hub CPU"] : []) + ["load CPU", "saturated"]
  }

  private var rows: [[String]] {
    results.map { result in
      let times = [result.latency?.p50, result.latency?.p95, result.latency?.p99, result.latency?.maximum]
      return [
        Self.name(result), Self.count(result.deliveriesPerSecond), Self.count(result.publishesPerSecond),
        Self.count(result.connectsPerSecond),
      ] + times.map(Self.milliseconds) + (knowsServer ? [Self.percent(result.serverPercent)] : [])
        + [Self.percent(result.loadPercent), result.saturation?.rawValue ?? "nobody, by design"]
    }
  }

  package var markdown: String {
    let rule = titles.indices.map { isText($0) ? "---" : "--:" }
    return ([titles, rule] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  /// Numbers stand at the right of their columns.
  package var aligned: String {
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell -> String in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return isText(column) ? (column == titles.count - 1 ? cell : cell + blanks) : blanks + cell
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }

  private func isText(_ column: Int) -> Bool { column == 0 || column == titles.count - 1 }

  /// Figures of a case with faults are not to be taken for those of one without.
  private static func name(_ result: BenchResult) -> String {
    result.faults == 0
      ? result.name : "\(result.name) (\(count(Double(result.faults))) fault\(result.faults == 1 ? "" : "s"))"
  }

  /// Whole numbers with a comma between thousands.
  static func count(_ value: Double?) -> String {
    guard let value else { return "–" }
    var digits = Substring(value.fixed(0))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// Microseconds as milliseconds, with as many decimals as say something.
  static func milliseconds(_ microseconds: Double?) -> String {
    guard let microseconds else { return "–" }
    let value = microseconds / 1000
    return value.fixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0)
  }

  private static func percent(_ value: Double?) -> String { value.map { "\($0.fixed(0)) %" } ?? "–" }
}
