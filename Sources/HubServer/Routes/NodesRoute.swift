import HubRooms
import HubWire

/// `GET /v1/nodes`: the nodes of the hub, by name; this one as it is now, others as they have told last.
struct NodesRoute {
  let node: Node

  func response() -> HTTPResponse {
    let others = (node.engine.cluster?.nodes ?? []).filter { $0.name != node.name }
    let nodes = (others + [NodeRecord(name: node.name, status: node.status)]).sorted { $0.name < $1.name }
    let body = JSONWriter.object(capacity: 32 + 160 * nodes.count) { json in
      json.key("nodes")
      json.array(nodes) { json, record in
        json.beginObject()
        json.member("node", record.name)
        json.member("version", record.status.version)
        json.member("connections", record.status.connections)
        json.member("load", raw: Self.thousandths(record.status.load))
        json.member("since", record.status.since)
        json.member("draining", record.status.isDraining)
        json.endObject()
      }
    }
    return .json(200, body)
  }

  /// A number from 0 to 1 with three decimals.
  static func thousandths(_ number: Double) -> [UInt8] {
    let thousandths = Int((min(1, max(0, number)) * 1000).rounded())
    let digits = String(thousandths % 1000)
    return Array("\(thousandths / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits)".utf8)
  }
}
