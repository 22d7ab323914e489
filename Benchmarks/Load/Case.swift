/// All runs of one case: the hub's beside the yardstick's.
struct Case {
  let name: String
  private var hub: [String: JSONLine] = [:]
  private var yardstick: [String: JSONLine] = [:]

  init(name: String) {
    self.name = name
  }

  mutating func add(_ run: JSONLine, server: String, number: String) {
    if server == "hub" { hub[number] = run } else { yardstick[number] = run }
  }

  var mode: String { (hub.values.first ?? yardstick.values.first)?.text("mode") ?? "" }

  /// The ratio within each pair of runs that were measured one after the other.
  private var ratios: [Double] {
    hub.compactMap { number, run in
      guard let ours = run.number("work_per_server_cpu_s"), ours > 0,
        let limit = yardstick[number]?.number("work_per_server_cpu_s"), limit > 0
      else { return nil }
      return ours / limit
    }
  }

  var row: String {
    let ratios = ratios
    let ratio =
      ratios.isEmpty
      ? "–" : "\(Self.median(ratios)!.fixed(2)) (\(ratios.min()!.fixed(2))–\(ratios.max()!.fixed(2)))"
    let cells = [
      name,
      Self.thousands(median(hub, "work_per_server_cpu_s")),
      Self.thousands(median(yardstick, "work_per_server_cpu_s")),
      ratio,
      String(max(hub.count, yardstick.count)),
      saturated,
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  var memoryRow: String {
    let subscribers = (hub.values.first ?? yardstick.values.first)?.number("subs") ?? 0
    let cells = [hub, yardstick].map { median($0, "rss_per_connection").map { $0.fixed(0) } ?? "–" }
    return "| \(subscribers.fixed(0)) | \(cells[0]) | \(cells[1]) |"
  }

  var latencyRow: String {
    let cells = [hub, yardstick].map { runs in
      ["latency_p50_us", "latency_p99_us", "latency_p999_us"]
        .map { median(runs, $0).map { $0.fixed(0) } ?? "–" }
        .joined(separator: " / ")
    }
    return "| \(name) | \(cells[0]) | \(cells[1]) |"
  }

  var faults: Int { faults(of: hub) + faults(of: yardstick) }

  var faultText: String { "\(name): hub \(faults(of: hub)), yardstick \(faults(of: yardstick))" }

  var json: JSONLine {
    var json = JSONLine()
    json.add("case", name)
    json.add("mode", mode)
    json.add("runs", max(hub.count, yardstick.count))
    for (server, runs) in [("hub", hub), ("yardstick", yardstick)] where !runs.isEmpty {
      json.add("\(server)_work_per_cpu_s", median(runs, "work_per_server_cpu_s") ?? 0)
      var shown: [String] = []
      if mode == "connect" { shown = ["rss_per_connection"] }
      if mode == "fanout" || mode == "latency" {
        shown = ["frame_bytes", "latency_p50_us", "latency_p99_us", "latency_p999_us"]
      }
      for key in shown { json.add("\(server)_\(key)", median(runs, key) ?? 0) }
      json.add("\(server)_faults", faults(of: runs))
    }
    let ratios = ratios
    if let median = Self.median(ratios) {
      json.add("ratio", median, digits: 4)
      json.add("ratio_min", ratios.min()!, digits: 4)
      json.add("ratio_max", ratios.max()!, digits: 4)
    }
    json.add("saturated", saturated)
    return json
  }

  /// Who had no more to give, hub's run and yardstick's run: a figure per CPU-second of a server that waits for the load is still
  /// right, but how it batches depends on how fast it is fed.
  private var saturated: String {
    if mode == "connect" || mode == "latency" { return "nobody, by design" }
    return [hub, yardstick].filter { !$0.isEmpty }
      .map { runs in
        let server = median(runs, "server_cpu_percent") ?? 0
        let load = median(runs, "load_cpu_percent") ?? 0
        let who = server >= 90 ? (load >= 90 ? "both" : "server") : load >= 90 ? "load" : "neither"
        return "\(who) (\(server.fixed(0)) %, load \(load.fixed(0)) %)"
      }
      .joined(separator: "; ")
  }

  private func faults(of runs: [String: JSONLine]) -> Int {
    runs.values.reduce(0) { $0 + Int($1.number("faults") ?? 0) }
  }

  private func median(_ runs: [String: JSONLine], _ key: String) -> Double? {
    Self.median(runs.values.compactMap { $0.number(key) })
  }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private static func thousands(_ value: Double?) -> String {
    guard let value else { return "–" }
    return (value / 1000).fixed(value < 100_000 ? 1 : 0)
  }
}
