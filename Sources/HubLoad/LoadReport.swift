/// What a run showed: some lines for people, and one line of JSON.
package struct LoadReport {
  package let faults: Int
  private let lines: [String]
  private let json: JSONLine

  package var text: String { (lines + [json.text]).joined(separator: "\n") }

  package init(_ run: borrowing Generator) {
    let figures = LoadFigures(run)
    faults = figures.faults
    json = Self.json(run, figures, faults)
    lines = run.options.jsonOnly ? [] : Self.lines(run, figures)
  }

  private static func lines(_ run: borrowing Generator, _ figures: LoadFigures) -> [String] {
    let seconds = figures.seconds
    var lines: [String] = []
    switch run.options.mode {
    case .connect:
      lines.append(
        "connect: \(run.subscribed) subscribed in \(figures.connectSeconds.fixed(2)) s, server CPU "
          + "\(figures.connectCPU.fixed(3)) s; \(figures.bytesPerConnection.fixed(0)) bytes per connection; then "
          + "\(figures.cpu.fixed(3)) s of CPU in \(seconds.fixed(1)) s idle")
    case .churn:
      lines.append("churn: \((figures.work / seconds).fixed(0)) cycles/s")
    default:
      lines.append(
        "\(run.options.mode): \((Double(figures.done.published) / seconds).fixed(0)) publishes/s, "
          + "\((Double(figures.done.delivered) / seconds).fixed(0)) deliveries/s in frames of "
          + "\(figures.frameLength.fixed(0)) bytes")
    }
    if run.deliveryTimes.count > 0 { lines.append("delivery us: \(percentiles(run.deliveryTimes))") }
    if run.publishTimes.count > 0 { lines.append("answer us: \(percentiles(run.publishTimes))") }
    if run.handshakeTimes.count > 0 { lines.append("handshake us: \(percentiles(run.handshakeTimes))") }
    let findings = run.findings
    lines.append(
      "gaps \(findings.gaps), doubles \(findings.doubles), reorders \(findings.reorders)"
        + (run.options.ordersAreDefined ? "" : " (publishers race)")
        + ", disagreements \(findings.disagreements), missing \(findings.missing), "
        + "disconnects \(findings.disconnects), errors \(findings.errors)")
    lines.append(
      "server CPU \((100 * figures.cpu / seconds).fixed(0)) % (\(figures.systemCPU.fixed(2)) of "
        + "\(figures.cpu.fixed(2)) s in the kernel), load CPU \((100 * figures.ownCPU / seconds).fixed(0)) %; "
        + "\(figures.workPerCPU.fixed(0)) \(figures.workName) per server CPU second")
    return lines
  }

  private static func percentiles(_ times: borrowing Histogram) -> String {
    "p50 \(times.percentile(50).fixed(0)) p90 \(times.percentile(90).fixed(0)) p99 \(times.percentile(99).fixed(0)) "
      + "p99.9 \(times.percentile(99.9).fixed(0)) max \((Double(times.maximum) / 1000).fixed(0)) (\(times.count))"
  }

  private static func json(_ run: borrowing Generator, _ figures: LoadFigures, _ faults: Int) -> JSONLine {
    var json = JSONLine()
    json.add("label", run.options.label)
    json.add("mode", run.options.mode.rawValue)
    json.add("subs", run.options.subscribers)
    json.add("subscribed", run.subscribed)
    json.add("rooms", run.options.rooms)
    json.add("payload", run.options.payload)
    json.add("window", run.options.window)
    json.add("pub_conns", run.options.publishConnections)
    json.add("seconds", figures.seconds, digits: 3)
    json.add("connect_s", figures.connectSeconds, digits: 4)
    json.add("connect_cpu_s", figures.connectCPU, digits: 4)
    json.add("cycles", figures.done.cycles)
    json.add("published", figures.done.published)
    json.add("acknowledged", figures.done.acknowledged)
    json.add("deliveries", figures.done.delivered)
    json.add("deliveries_per_s", Double(figures.done.delivered) / figures.seconds)
    json.add("published_per_s", Double(figures.done.published) / figures.seconds)
    json.add("acknowledged_per_s", Double(figures.done.acknowledged) / figures.seconds)
    json.add("messages_per_read", Double(figures.done.delivered) / Double(max(1, figures.done.reads)), digits: 2)
    json.add("frame_bytes", figures.frameLength)
    json.add("work", figures.workName)
    json.add("work_per_server_cpu_s", figures.workPerCPU)
    json.add("server_cpu_s", figures.cpu, digits: 4)
    json.add("server_system_s", figures.systemCPU, digits: 2)
    json.add("server_cpu_percent", 100 * figures.cpu / figures.seconds)
    json.add("load_cpu_percent", 100 * figures.ownCPU / figures.seconds)
    json.add("load_waited_s", figures.waited, digits: 4)
    json.add("rss_kb", run.residentAtEnd)
    json.add("rss_per_connection", figures.bytesPerConnection)
    addTimes("latency", run.deliveryTimes, to: &json)
    addTimes("answer", run.publishTimes, to: &json)
    addTimes("handshake", run.handshakeTimes, to: &json)
    addFindings(run, to: &json)
    json.add("faults", faults)
    return json
  }

  private static func addTimes(_ name: String, _ times: borrowing Histogram, to json: inout JSONLine) {
    json.add("\(name)_n", times.count)
    json.add("\(name)_p50_us", times.percentile(50))
    json.add("\(name)_p90_us", times.percentile(90))
    json.add("\(name)_p99_us", times.percentile(99))
    json.add("\(name)_p999_us", times.percentile(99.9))
    json.add("\(name)_max_us", Double(times.maximum) / 1000)
  }

  private static func addFindings(_ run: borrowing Generator, to json: inout JSONLine) {
    let findings = run.findings
    json.add("expected", run.counters.expected)
    json.add("delivered", run.counters.delivered)
    json.add("missing", findings.missing)
    json.add("gaps", findings.gaps)
    json.add("dups", findings.doubles)
    json.add("reorders", findings.reorders)
    json.add("reorders_count", run.options.ordersAreDefined ? 1 : 0)
    json.add("disagreements", findings.disagreements)
    json.add("old", findings.tooOld)
    json.add("disconnects", findings.disconnects)
    json.add("connect_errors", findings.connectErrors)
    json.add("handshake_errors", findings.handshakeErrors)
    json.add("protocol_errors", findings.protocolErrors)
    json.add("refused_publishes", findings.refusedPublishes)
    json.add("stalls", findings.stalls)
    json.add("errors", findings.errors)
    json.add("unmarked", findings.unmarked)
    json.add("stale", findings.stale)
    json.add("pings", findings.pings)
    json.add("closes", findings.closes)
    json.add("late_sends", findings.lateSends)
  }
}
