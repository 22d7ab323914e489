@testable import HubLoad

/// Figures of runs that nobody made.
enum Samples {
  static func histogram(_ microseconds: [Double]) -> Percentiles {
    var histogram = Histogram()
    for value in microseconds { histogram.add(UInt64(value * 1000)) }
    return Percentiles(histogram)
  }

  static func figures(
    _ mode: LoadOptions.Mode, delivered: Int = 0, published: Int = 0, serverCPU: Double = 0, ownCPU: Double = 0,
    waited: Double = 0, latency: Percentiles = histogram([1000]), findings: Findings = Findings()
  ) -> LoadFigures {
    var done = Counters()
    (done.delivered, done.published, done.acknowledged) = (delivered, published, published)
    return LoadFigures(
      mode: mode, seconds: 2, subscribed: 1000, connectSeconds: 0.5, connectCPU: serverCPU, connectOwnCPU: ownCPU,
      cpu: serverCPU, systemCPU: 0, ownCPU: ownCPU, waited: waited, done: done, work: 0, workName: "",
      workPerCPU: 0, bytesPerConnection: 0, frameLength: 0, faults: findings.faults(ordersAreDefined: true),
      findings: findings, latency: latency)
  }

  static func result(_ name: String, knowsServer: Bool = false, _ runs: LoadFigures...) -> BenchResult {
    var result = BenchResult(BenchCase.named(name)!, knowsServer: knowsServer)
    for run in runs { result.add(run) }
    return result
  }
}
