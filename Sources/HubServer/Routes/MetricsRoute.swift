import HubWire

/// `GET /metrics`.
struct MetricsRoute {
  let node: Node
  let workers: [Worker]

  func response() async -> HTTPResponse {
    let metrics = await Metrics.gather(node, workers)
    return .text(
      200, metrics.prometheus(version: Hub.version, node: node.name), type: "text/plain; version=0.0.4; charset=utf-8")
  }
}
