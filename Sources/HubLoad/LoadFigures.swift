/// What is computed from the counters of a run.
package struct LoadFigures: Sendable {
  package let mode: LoadOptions.Mode
  /// How long was measured.
  package let seconds: Double
  package let subscribed: Int
  let connectSeconds: Double
  let connectCPU: Double
  let connectOwnCPU: Double
  /// Seconds of CPU that the server burnt, and the part of it in the kernel; nothing where its process is not known.
  let cpu: Double
  let systemCPU: Double
  let ownCPU: Double
  /// Seconds in which the load asked for events in vain: it burnt CPU, and could have done more.
  let waited: Double
  let done: Counters
  let work: Double
  let workName: String
  let workPerCPU: Double
  let bytesPerConnection: Double
  let frameLength: Double
  /// Messages, connections and publishes that did not fare as they should.
  package let faults: Int
  package let findings: Findings
  /// From a publish to its delivery; where nobody subscribes to its answer, and of `connect` to the subscription.
  package let latency: Percentiles

  package var deliveriesPerSecond: Double { Double(done.delivered) / seconds }
  package var publishesPerSecond: Double { Double(done.acknowledged) / seconds }
  package var connectsPerSecond: Double { connectSeconds > 0 ? Double(subscribed) / connectSeconds : 0 }

  /// Of one core, of the server: of `connect` while the connections were made.
  package var serverPercent: Double {
    mode == .connect ? 100 * connectCPU / max(1e-9, connectSeconds) : 100 * cpu / seconds
  }

  /// Of its one core, without what it burnt asking in vain: of `connect` while the connections were made.
  package var loadPercent: Double {
    mode == .connect ? 100 * connectOwnCPU / max(1e-9, connectSeconds) : 100 * max(0, ownCPU - waited) / seconds
  }
}

extension LoadFigures {
  package init(_ run: borrowing Generator) {
    mode = run.options.mode
    subscribed = run.subscribed
    seconds = max(1e-9, Double(run.after.time - run.before.time) / 1e9)
    connectSeconds = run.subscribedAt > 0 ? Double(run.subscribedAt - run.startedAt) / 1e9 : 0
    connectCPU = max(0, run.afterConnecting.server.total - run.atStart.server.total)
    connectOwnCPU = max(0, run.afterConnecting.ownCPU - run.atStart.ownCPU)
    cpu = run.after.server.total - run.before.server.total
    systemCPU = run.after.server.system - run.before.server.system
    ownCPU = run.after.ownCPU - run.before.ownCPU
    waited = run.after.waited - run.before.waited
    done = run.after.counters - run.before.counters
    switch mode {
    case .connect: (work, workName) = (Double(run.subscribed), "connects")
    case .churn: (work, workName) = (Double(done.cycles), "cycles")
    case .http, .fill, .fsync: (work, workName) = (Double(done.acknowledged), "publishes")
    case .fanout, .latency, .replay: (work, workName) = (Double(done.delivered), "deliveries")
    }
    let spent = mode == .connect ? connectCPU : cpu
    workPerCPU = spent > 0 ? work / spent : 0
    bytesPerConnection =
      Double(run.residentAtEnd - run.residentAtStart) * 1024 / Double(max(1, run.options.subscribers))
    frameLength = done.frames > 0 ? Double(done.frameBytes) / Double(done.frames) : 0
    findings = run.findings
    faults = run.findings.faults(ordersAreDefined: run.options.ordersAreDefined)
    switch mode {
    case .connect, .churn: latency = Percentiles(run.handshakeTimes)
    case .http, .fill, .fsync: latency = Percentiles(run.publishTimes)
    case .fanout, .latency, .replay: latency = Percentiles(run.deliveryTimes)
    }
  }
}
