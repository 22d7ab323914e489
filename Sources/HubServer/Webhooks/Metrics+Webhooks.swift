import HubIO

extension Metrics {
  /// What services were told.
  func addWebhooks(to text: inout PrometheusText) {
    text.counter(
      "roomcast_webhook_events_total", "Events for a target, by what became of them.",
      webhooks.flatMap { target, counts in
        [
          ([("target", target), ("result", "delivered")], counts.delivered),
          ([("target", target), ("result", "overflow")], counts.overflows),
          ([("target", target), ("result", "expired")], counts.expired),
        ]
      })
    text.counter(
      "roomcast_webhook_requests_total", "Webhooks sent, by whether the target took them.",
      webhooks.flatMap { target, counts in
        [
          ([("target", target), ("result", "taken")], counts.taken),
          ([("target", target), ("result", "failed")], counts.failed),
        ]
      })
    text.gauge(
      "roomcast_webhook_waiting", "Events that wait to be told.",
      webhooks.map { ([("target", $0.target)], $0.counts.waiting) })
    text.gauge(
      "roomcast_webhook_waiting_bytes", "Bytes of events that wait to be told.",
      webhooks.map { ([("target", $0.target)], $0.counts.waitingBytes) })
    addBackends(to: &text)
  }

  /// What backends were asked.
  private func addBackends(to text: inout PrometheusText) {
    let backends = backends.sorted { $0.key < $1.key }
    text.counter(
      "roomcast_backend_questions_total", "Questions about clients, by what came of them.",
      backends.flatMap { target, counts in
        [
          ("allowed", counts.allowed), ("replaced", counts.replaced), ("replied", counts.replied),
          ("refused", counts.refused), ("failed", counts.failed), ("cached", counts.cached),
        ].map { ([("target", target), ("result", $0.0)], $0.1) }
      })
    text.gauge(
      "roomcast_backend_waiting", "Questions that wait for their turn.",
      backends.map { ([("target", $0.key)], $0.value.waiting) })
    var times = Histogram()
    for (_, counts) in backends { times.add(counts.times) }
    text.histogram("roomcast_backend_seconds", "How long backends took to answer.", [([], times)])
  }
}
