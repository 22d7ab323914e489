import HubWire
import Synchronization

/// `GET /v1/nodes`: the nodes of the hub, which is this one.
struct NodesRoute {
  let node: Node

  func response() -> HTTPResponse {
    .json(
      200,
      JSONWriter.object { json in
        json.key("nodes")
        json.array([node]) { json, node in
          json.beginObject()
          json.member("node", node.name)
          json.member("version", Hub.version)
          json.member("connections", node.connections.load(ordering: .relaxed))
          json.member("draining", node.isDraining)
          json.endObject()
        }
      })
  }
}
