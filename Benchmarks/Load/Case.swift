import HubLoad

/// All runs of one case: the hub's beside the yardstick's, and for a durable hub beside what its disk can do.
struct Case {
  let name: String
  private var hub: [String: JSONLine] = [:]
  private var yardstick: [String: JSONLine] = [:]
  private var disk: [String: JSONLine] = [:]

  init(name: String) {
    self.name = name
  }

  mutating func add(_ run: JSONLine, server: String, number: String) {
    switch server {
    case "hub": hub[number] = run
    case "fsync": disk[number] = run
    default: yardstick[number] = run
    }
  }

  var isDurable: Bool { !disk.isEmpty }
  var mode: String { (hub.values.first ?? yardstick.values.first)?.text("mode") ?? "" }

  /// The ratio within each pair of runs that were measured one after the other.
  private func ratios(of key: String) -> [Double] {
    hub.compactMap { number, run in
      guard let ours = run.number(key), ours > 0, let limit = yardstick[number]?.number(key), limit > 0 else {
        return nil
      }
      return ours / limit
    }
  }

  private static func span(_ values: [Double]) -> String {
    guard let least = values.min(), let most = values.max() else { return "–" }
    return "\(values.median!.fixed(2)) (\(least.fixed(2))–\(most.fixed(2)))"
  }

  var row: String {
    let cells = [
      name,
      Self.thousands(median(hub, Self.workKey)),
      Self.thousands(median(yardstick, Self.workKey)),
      Self.span(ratios(of: Self.workKey)),
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

  /// The least of what is wanted of a durable hub: so many acknowledged publishes a second, or so many for each `fsync`.
  private static let wantedPublishes = 20_000.0
  private static let wantedPerSync = 25.0

  /// How far each run came to what is wanted, by the `fsync` figure taken right before it.
  private var reached: [Double] {
    hub.compactMap { number, run in
      guard let done = run.number("acknowledged_per_s"), let syncs = disk[number]?.number("fsync_per_s"), syncs > 0
      else { return nil }
      return done / min(Self.wantedPublishes, Self.wantedPerSync * syncs)
    }
  }

  var durableRow: String {
    let syncs = median(disk, "fsync_per_s")
    let figures = [
      median(hub, "acknowledged_per_s"), median(yardstick, "acknowledged_per_s"), median(disk, "fdatasync_per_s"),
      syncs, syncs.map { $0 * Self.wantedPerSync },
    ]
    let cells = figures.map { $0.map { $0.fixed(0) } ?? "–" }
    return "| \(name) | \(cells.joined(separator: " | ")) | \(Self.span(reached)) |"
  }

  var replayRow: String {
    let cells = [hub, yardstick].map { median($0, "deliveries_per_s").map { $0.fixed(0) } ?? "–" }
    return "| \(name) | \(cells[0]) | \(cells[1]) | \(Self.span(ratios(of: "deliveries_per_s"))) |"
  }

  var faults: Int { faults(of: hub) + faults(of: yardstick) }

  var faultText: String { "\(name): hub \(faults(of: hub)), yardstick \(faults(of: yardstick))" }

  var json: JSONLine {
    var json = JSONLine()
    json.add("case", name)
    json.add("mode", mode)
    json.add("runs", max(hub.count, yardstick.count))
    for (server, runs) in [("hub", hub), ("yardstick", yardstick)] where !runs.isEmpty {
      json.add("\(server)_work_per_cpu_s", median(runs, Self.workKey) ?? 0)
      var shown: [String] = []
      if mode == "connect" { shown = ["rss_per_connection"] }
      if mode == "http" { shown = ["acknowledged_per_s"] }
      if mode == "replay" { shown = ["deliveries_per_s"] }
      if mode == "fanout" || mode == "latency" {
        shown = ["frame_bytes", "latency_p50_us", "latency_p99_us", "latency_p999_us"]
      }
      for key in shown { json.add("\(server)_\(key)", median(runs, key) ?? 0) }
      json.add("\(server)_faults", faults(of: runs))
    }
    if isDurable {
      for key in ["fdatasync_per_s", "fsync_per_s"] { json.add(key, median(disk, key) ?? 0) }
      if let reached = reached.median { json.add("reached", reached, digits: 4) }
    }
    let ratios = ratios(of: Self.workKey)
    if let median = ratios.median {
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
        return "\(Saturation(server: server, load: load).rawValue) (\(server.fixed(0)) %, load \(load.fixed(0)) %)"
      }
      .joined(separator: "; ")
  }

  private func faults(of runs: [String: JSONLine]) -> Int {
    runs.values.reduce(0) { $0 + Int($1.number("faults") ?? 0) }
  }

  private func median(_ runs: [String: JSONLine], _ key: String) -> Double? {
    runs.values.compactMap { $0.number(key) }.median
  }

  private static let workKey = "work_per_server_cpu_s"

  private static func thousands(_ value: Double?) -> String {
    guard let value else { return "–" }
    return (value / 1000).fixed(value < 100_000 ? 1 : 0)
  }
}
