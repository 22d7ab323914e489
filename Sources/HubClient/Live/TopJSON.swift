import HubWire

/// The figures of a hub as one line of JSON. A pure value.
package enum TopJSON {
  private static let gauges: [(key: StaticString, name: String)] = [
    ("connections", "roomcast_connections"), ("rooms", "roomcast_rooms"), ("subscriptions", "roomcast_subscriptions"),
    ("members", "roomcast_members"), ("history_bytes", "roomcast_history_bytes"),
    ("memory_bytes", "process_resident_memory_bytes"),
  ]
  private static let rates: [(key: StaticString, name: String)] = [
    ("events_per_s", "roomcast_events_total"), ("deliveries_per_s", "roomcast_deliveries_total"),
    ("sent_bytes_per_s", "roomcast_sent_bytes_total"), ("overflows_per_s", "roomcast_overflows_total"),
    ("gaps_per_s", "roomcast_gaps_total"), ("ephemeral_missed_per_s", "roomcast_ephemeral_missed_total"),
    ("stream_overflows_per_s", "roomcast_stream_overflows_total"),
  ]

  /// What is not known, such as a rate at the first reading, is left out.
  package static func line(_ figures: HubFigures, hub: String) -> [UInt8] {
    JSONWriter.object(capacity: 1024) { json in
      json.member("time", figures.time)
      json.member("url", hub)
      if let node = figures.node { json.member("node", node) }
      if let version = figures.version { json.member("version", version) }
      if let uptime = figures.uptime { json.member("uptime_s", uptime / 1000) }
      json.member("engine_up", figures.isEngineUp)
      json.member("draining", figures.isDraining)
      for (key, name) in gauges { number(figures.gauge(name), key, digits: 0, &json) }
      number(figures.streams("websocket"), "websockets", digits: 0, &json)
      number(figures.streams("sse"), "event_streams", digits: 0, &json)
      for (key, name) in rates { number(figures.rate(name)?.perSecond, key, &json) }
      times(figures.times("roomcast_publish_to_write_seconds"), "publish_to_write_us", &json)
      times(figures.times("roomcast_turn_seconds"), "turn_us", &json)
      json.key("errors_per_s")
      json.beginObject()
      for (code, rate) in figures.rates("roomcast_errors_total", by: "code") {
        guard let perSecond = finite(rate.perSecond ?? 0) else { continue }
        json.key(code)
        json.raw(text(perSecond, digits: 3))
      }
      json.endObject()
      json.member("nodes", figures.nodes.count)
    }
  }

  /// The line of an interval in which the hub did not answer.
  package static func line(absence: String, time: Int64, hub: String) -> [UInt8] {
    JSONWriter.object { json in
      json.member("time", time)
      json.member("url", hub)
      json.member("offline", absence)
    }
  }

  private static func times(_ times: HubFigures.Times?, _ key: StaticString, _ json: inout JSONWriter) {
    guard let times else { return }
    json.key(key)
    json.beginObject()
    number(times.p50 * 1e6, "p50", &json)
    number(times.p95 * 1e6, "p95", &json)
    number(times.p99 * 1e6, "p99", &json)
    json.endObject()
  }

  private static func number(_ value: Double?, _ key: StaticString, digits: Int = 3, _ json: inout JSONWriter) {
    guard let value = finite(value) else { return }
    json.member(key, raw: text(value, digits: digits))
  }

  /// JSON has no other numbers.
  private static func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

  private static func text(_ value: Double, digits: Int) -> [UInt8] {
    Array(FigureText.decimal(value, digits: digits).utf8)
  }
}
