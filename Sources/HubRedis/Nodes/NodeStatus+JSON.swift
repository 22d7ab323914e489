import HubRooms
import HubWire

extension NodeStatus {
  /// As a node tells it to the others.
  var json: [UInt8] {
    JSONWriter.object { json in
      json.member("version", version)
      json.member("connections", connections)
      // The writer has no fractions: thousandths.
      json.member("load", Int(load * 1000))
      json.member("since", Int(since))
      json.member("draining", isDraining)
    }
  }

  /// Nil for what no node tells.
  init?(json: [UInt8]) {
    guard let object = try? JSONObject(parsing: json), let version = try? object.string("version"),
      let connections = try? object.integer("connections", in: 0...Int64.max),
      let load = try? object.integer("load", in: 0...Int64.max),
      let since = try? object.integer("since", in: 0...Int64.max), let isDraining = try? object.bool("draining")
    else { return nil }
    self.init(
      version: version, connections: Int(connections), load: Double(load) / 1000, since: since,
      isDraining: isDraining)
  }
}
