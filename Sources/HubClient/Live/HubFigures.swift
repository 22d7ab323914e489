/// The live figures of a hub: what it is at one reading, and what it did since the one before. A pure value.
package struct HubFigures: Sendable {
  /// A counter: all that it has counted, and how fast it does.
  package struct Rate: Sendable, Equatable {
    package let total: Double
    /// Nil where there was no reading before.
    package let perSecond: Double?
  }

  /// Durations of what happened between the readings, in seconds; nil where nothing did.
  package struct Times: Sendable, Equatable {
    package let p50: Double
    package let p95: Double
    package let p99: Double

    init?(_ counts: BucketCounts) {
      guard let p50 = counts.percentile(50), let p95 = counts.percentile(95), let p99 = counts.percentile(99) else {
        return nil
      }
      (self.p50, self.p95, self.p99) = (p50, p95, p99)
    }
  }

  private let reading: HubReading
  private let earlier: HubReading?

  package init(_ reading: HubReading, since earlier: HubReading?) {
    (self.reading, self.earlier) = (reading, earlier)
  }

  private var metrics: MetricSamples { reading.metrics }

  /// Between the readings.
  private var seconds: Double? {
    earlier.map { Double(reading.moment - $0.moment) / 1e9 }.flatMap { $0 > 0 ? $0 : nil }
  }

  // MARK: What it is

  package var time: Int64 { reading.time }
  package var node: String? { metrics.label("node", of: "roomcast_info") }
  package var version: String? { metrics.label("version", of: "roomcast_info") }
  package var nodes: [NodeRow] { reading.nodes }
  /// Milliseconds.
  package var uptime: Int64? { nodes.first { $0.name == node }.map { max(0, reading.time - $0.since) } }
  package var isEngineUp: Bool { gauge("roomcast_engine_up") != 0 }
  /// Milliseconds since it went or came back; nil also where no clock can show them.
  package var engineAge: Int64? {
    gauge("roomcast_engine_since_seconds")
      .flatMap { Int64(exactly: max(0, Double(reading.time) - $0 * 1000).rounded()) }
  }
  package var isDraining: Bool { (gauge("roomcast_draining") ?? 0) > 0 }

  /// The sum over its labels; nil where the hub does not tell it.
  package func gauge(_ name: String) -> Double? { metrics.sum(name) }

  package func streams(_ kind: String) -> Double? { metrics.sum("roomcast_streams", where: ["kind": kind]) }

  // MARK: What it did

  package func rate(_ name: String) -> Rate? {
    metrics.sum(name).map { rate($0, since: earlier?.metrics.sum(name)) }
  }

  /// By the values of a label, the fastest first, then the largest; only those that have counted something.
  package func rates(_ name: String, by label: String) -> [(name: String, rate: Rate)] {
    let before = earlier?.metrics.values(name, by: label)
    return metrics.values(name, by: label).filter { $0.value > 0 }
      // A value that was not there before has been nothing.
      .map { key, value in (name: key, rate: rate(value, since: before.map { $0[key] ?? 0 })) }
      .sorted { ($0.rate.perSecond ?? 0, $0.rate.total, $1.name) > ($1.rate.perSecond ?? 0, $1.rate.total, $0.name) }
  }

  package func times(_ name: String) -> Times? {
    guard let earlier else { return nil }
    return Times(metrics.buckets(name).since(earlier.metrics.buckets(name)))
  }

  /// A counter that has become less began anew: all that it counts is of now.
  private func rate(_ now: Double, since before: Double?) -> Rate {
    guard let seconds, let before else { return Rate(total: now, perSecond: nil) }
    return Rate(total: now, perSecond: (now >= before ? now - before : now) / seconds)
  }
}
