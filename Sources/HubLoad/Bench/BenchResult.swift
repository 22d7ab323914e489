/// What the runs of one case showed: the medians of each figure. A pure value.
package struct BenchResult: Sendable {
  package let name: String
  /// What the latency is that of.
  package let timed: String
  package private(set) var runs: [LoadFigures] = []
  /// Whether the server's processes are known.
  private let knowsServer: Bool

  package init(_ benchCase: BenchCase, knowsServer: Bool) {
    name = benchCase.name
    timed = benchCase.timed
    self.knowsServer = knowsServer
  }

  package mutating func add(_ run: LoadFigures) {
    runs.append(run)
  }

  private var mode: LoadOptions.Mode? { runs.first?.mode }

  package var latency: Percentiles? { Percentiles(medianOf: runs.map(\.latency).filter { $0.count > 0 }) }
  package var faults: Int { runs.reduce(0) { $0 + $1.faults } }

  package var deliveriesPerSecond: Double? {
    mode == .fanout || mode == .latency ? runs.map(\.deliveriesPerSecond).median : nil
  }
  package var publishesPerSecond: Double? { mode == .connect ? nil : runs.map(\.publishesPerSecond).median }
  package var connectsPerSecond: Double? { mode == .connect ? runs.map(\.connectsPerSecond).median : nil }
  package var serverPercent: Double? { knowsServer ? runs.map(\.serverPercent).median : nil }
  package var loadPercent: Double { runs.map(\.loadPercent).median ?? 0 }
  package var workPerCPU: Double? { knowsServer ? runs.map(\.workPerCPU).median : nil }

  /// Nil where nobody is meant to be: at a given rate.
  package var saturation: Saturation? {
    mode == .latency ? nil : Saturation(server: serverPercent, load: loadPercent)
  }

  /// What went wrong, each with how often; empty where all is well.
  package var faultText: String {
    let kinds: [(String, KeyPath<Findings, Int>)] = [
      ("lost", \.missing), ("skipped", \.gaps), ("doubled", \.doubles), ("out of order", \.reorders),
      ("seen differently", \.disagreements), ("too old", \.tooOld), ("disconnects", \.disconnects),
      ("refused publishes", \.refusedPublishes), ("refused handshakes", \.handshakeErrors),
      ("failed connects", \.connectErrors), ("breaches of the protocol", \.protocolErrors), ("stalls", \.stalls),
    ]
    guard faults > 0 else { return "" }
    var parts: [String] = []
    for (text, kind) in kinds {
      let count = runs.reduce(0) { $0 + $1.findings[keyPath: kind] }
      if count > 0 { parts.append("\(count) \(text)") }
    }
    return parts.joined(separator: ", ")
  }

  package var json: JSONLine {
    var json = JSONLine()
    json.add("case", name)
    json.add("runs", runs.count)
    json.add("subscribers", runs.first?.subscribed ?? 0)
    if let deliveriesPerSecond { json.add("deliveries_per_s", deliveriesPerSecond) }
    if let publishesPerSecond { json.add("publishes_per_s", publishesPerSecond) }
    if let connectsPerSecond { json.add("connects_per_s", connectsPerSecond) }
    if let latency {
      json.add("timed", timed)
      json.add("times", latency.count)
      json.add("p50_us", latency.p50)
      json.add("p95_us", latency.p95)
      json.add("p99_us", latency.p99)
      json.add("p999_us", latency.p999)
      json.add("max_us", latency.maximum)
    }
    if let serverPercent { json.add("hub_cpu_percent", serverPercent) }
    if let workPerCPU { json.add("work_per_hub_cpu_s", workPerCPU) }
    json.add("load_cpu_percent", loadPercent)
    if let saturation { json.add("saturated", saturation.rawValue) }
    json.add("faults", faults)
    return json
  }
}
