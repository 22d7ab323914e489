import HubIO
import HubRooms
import HubWire

/// The metrics as Prometheus reads them (text format 0.0.4).
extension Metrics {
  func prometheus(version: String, node: String) -> String {
    var text = PrometheusText()
    text.gauge(
      "roomcast_info", "The version that runs, and the name of its node.",
      [([("version", version), ("node", node)], 1)])
    text.gauge("roomcast_connections", "Open connections, plain HTTP ones included.", connections)
    text.gauge(
      "roomcast_streams", "Open streams by kind.",
      [
        ([("kind", "websocket")], workers.webSockets), ([("kind", "sse")], workers.eventStreams),
      ])
    text.counter("roomcast_connections_accepted_total", "Connections accepted.", workers.accepted)
    text.counter(
      "roomcast_connections_shed_total", "Connections closed at once for want of descriptors.", sum(\.shedConnections))
    text.counter(
      "roomcast_refused_total", "Connections, messages and events refused, by the limit.",
      Limit.allCases.map { ([("limit", $0.name)], workers.refused[$0]) })
    text.counter(
      "roomcast_tls_handshakes_total", "TLS handshakes; refused: given up because too many were under way.",
      [
        ([("result", "done")], sum(\.handshakesDone)), ([("result", "failed")], sum(\.handshakesFailed)),
        ([("result", "refused")], sum(\.handshakesRefused)),
      ])
    text.gauge("roomcast_tls_handshakes_under_way", "TLS handshakes under way.", handshakesUnderWay)
    text.gauge("roomcast_rooms", "Rooms in memory.", rooms)
    text.gauge(
      "roomcast_rooms_remembered", "Rooms that are gone and whose position is remembered.", engine.rememberedRooms)
    text.gauge("roomcast_subscriptions", "Subscriptions of all connections.", fanout.subscriptions)
    text.gauge("roomcast_members", "Users present, once for each room.", presence.members)
    text.counter("roomcast_member_joins_total", "Times a user became present in a room.", presence.joins)
    text.counter("roomcast_member_leaves_total", "Times a user left a room.", presence.leaves)
    text.counter(
      "roomcast_member_leases_expired_total", "Connections in rooms that were not renewed in time.", presence.expired)
    text.counter("roomcast_events_total", "Events taken.", events)
    text.counter(
      "roomcast_deliveries_total", "Events times the live subscribers they were pushed to.", fanout.deliveries)
    text.counter("roomcast_replayed_total", "Events read from history for subscribers.", fanout.replayed)
    text.counter("roomcast_messages_in_total", "Messages from clients.", workers.messagesIn)
    text.counter("roomcast_sent_bytes_total", "Bytes handed to sockets.", sum(\.bytesSent))
    text.counter("roomcast_sends_total", "Sends that the kernel took.", sum(\.sends))
    text.counter(
      "roomcast_overflows_total", "Subscribers that left the live stream because they read too slowly.",
      fanout.overflows)
    text.counter(
      "roomcast_stream_overflows_total", "Times a room's events did not fit a reactor's stream.", fanout.streamOverflows
    )
    text.counter(
      "roomcast_ephemeral_missed_total", "Ephemeral events times the subscribers that were not live.",
      fanout.ephemeralMissed)
    text.counter("roomcast_gaps_total", "Gaps told to subscribers slower than history reaches back.", fanout.gaps)
    text.counter(
      "roomcast_heartbeat_timeouts_total", "Streams given up without a sign of life.", workers.heartbeatTimeouts)
    text.counter(
      "roomcast_proxy_header_errors_total", "Connections of proxies closed for want of a right PROXY header.",
      workers.proxyHeaderErrors)
    text.counter(
      "roomcast_requests_total", "Answers by status.",
      workers.answers.enumerated().filter { $0.element > 0 }.map {
        ([("status", String($0.offset))], $0.element)
      })
    text.counter(
      "roomcast_errors_total", "Errors told, by code.",
      workers.errors.sorted { $0.key.rawValue < $1.key.rawValue }.map {
        ([("code", $0.key.rawValue)], $0.value)
      })
    text.gauge("roomcast_history_bytes", "Bytes of history in memory.", historyBytes)
    text.counter(
      "roomcast_history_evictions_total", "Times a room lost history because the node had too much.", historyEvictions)
    text.gauge("roomcast_engine_up", "1 while the engine takes events.", isEngineUp ? 1 : 0)
    text.gauge(
      "roomcast_engine_since_seconds", "When the engine went or came back last, or the node began; seconds since 1970.",
      Int(engineSince / 1000))
    text.counter(
      "roomcast_fallback_publishes_total", "Events published while the engine was away, by what became of them.",
      [([("kind", "queued")], workers.queued), ([("kind", "local")], workers.local)])
    text.gauge("roomcast_nodes", "Nodes of the hub that are known, this one included.", nodes)
    text.gauge("roomcast_engine_waiting", "Events that wait for the engine.", engine.waiting)
    text.counter("roomcast_engine_appended_total", "Events that the engine has made to last.", engine.appended)
    text.histogram(
      "roomcast_engine_commit_seconds", "How long the engine took for each batch of events.", [([], engine.commitTimes)]
    )
    text.counter("roomcast_engine_read_total", "Events read from the engine for those who came late.", engine.read)
    text.counter(
      "roomcast_engine_dropped_total", "Events dropped by the engine as too many, too old or too large together.",
      engine.dropped)
    text.counter("roomcast_engine_failures_total", "Events that the engine could not take.", engine.failures)
    text.gauge("roomcast_engine_bytes", "Bytes that the engine uses on disk.", engine.bytes)
    text.gauge("roomcast_idempotency_keys", "Idempotency keys that are known.", engine.keys)
    text.histogram(
      "roomcast_publish_to_write_seconds", "From taking a publish to the write, a delivery.", [([], fanout.latency)])
    text.histogram(
      "roomcast_turn_seconds", "How long a reactor's turns take.",
      reactors.enumerated().map {
        ([("reactor", String($0.offset))], $0.element.turns)
      })
    text.counter("roomcast_jobs_total", "Jobs run by the reactors.", sum(\.jobs))
    text.counter("roomcast_bounded_turns_total", "Turns that ended with jobs waiting.", sum(\.boundedTurns))
    addWebhooks(to: &text)
    text.counter(
      "roomcast_log_lines_dropped_total", "Log lines that came faster than they could be written.",
      UInt64(droppedLogLines))
    text.gauge("roomcast_draining", "1 while the node is shutting down.", isDraining ? 1 : 0)
    text.gauge("process_resident_memory_bytes", "Resident memory.", Self.residentBytes)
    return text.text
  }

  private func sum(_ counter: KeyPath<ReactorStatistics, UInt64>) -> UInt64 {
    reactors.reduce(0) { $0 + $1[keyPath: counter] }
  }
}

/// Writes metric families.
struct PrometheusText {
  typealias Labels = [(name: String, value: String)]

  private(set) var text = ""

  mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
    counter(name, help, [([], value)])
  }

  mutating func counter(_ name: String, _ help: String, _ values: [(Labels, UInt64)]) {
    family(name, help, "counter")
    for (labels, value) in values { sample(name, labels, String(value)) }
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Int) {
    gauge(name, help, [([], value)])
  }

  mutating func gauge(_ name: String, _ help: String, _ values: [(Labels, Int)]) {
    family(name, help, "gauge")
    for (labels, value) in values { sample(name, labels, String(value)) }
  }

  mutating func histogram(_ name: String, _ help: String, _ values: [(Labels, Histogram)]) {
    family(name, help, "histogram")
    for (labels, histogram) in values {
      var total: UInt64 = 0
      for index in 0..<Histogram.edges {
        total += histogram.buckets[index]
        sample(name + "_bucket", labels + [("le", "\(Histogram.edge(index))")], String(total))
      }
      sample(name + "_bucket", labels + [("le", "+Inf")], String(histogram.count))
      sample(name + "_sum", labels, "\(histogram.sum.inSeconds)")
      sample(name + "_count", labels, String(histogram.count))
    }
  }

  private mutating func family(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func sample(_ name: String, _ labels: Labels, _ value: String) {
    let list = labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }
}
