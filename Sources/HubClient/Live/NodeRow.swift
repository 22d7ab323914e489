package import HubWire

/// A node of a hub, as `GET /v1/nodes` tells of it.
package struct NodeRow: Sendable, Equatable {
  package var name: String
  package var version: String
  package var connections: Int
  /// Of its time, from 0 to 1.
  package var load: Double
  /// When it began, in milliseconds since 1970.
  package var since: Int64
  package var isDraining: Bool

  /// More than any hub has.
  private static let most = 1_000

  /// - Throws: where the answer is not that of a hub.
  package static func rows(_ body: [UInt8]) throws(HubError) -> [NodeRow] {
    let answer = try JSONObject(parsing: body)
    guard let list = try answer.value("nodes") else { throw HubError(.invalidRequest, "`nodes` is missing") }
    var rows: [NodeRow] = []
    for element in try JSONArray(list, maximum: most, name: "nodes").elements {
      let node = try JSONObject(element)
      let load = try node.value("load").map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
      rows.append(
        NodeRow(
          name: try node.requiredString("node"), version: try node.string("version") ?? "",
          connections: Int(try node.integer("connections", in: 0...Int64.max) ?? 0), load: Double(load) ?? 0,
          since: try node.integer("since", in: 0...Int64.max) ?? 0, isDraining: try node.bool("draining") ?? false))
    }
    return rows
  }
}
