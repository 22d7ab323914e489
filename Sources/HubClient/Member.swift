import HubWire

/// A user who is present in a room.
public struct Member: Sendable, Hashable {
  /// Who it is, as the token says.
  public let user: String
  /// What the user's latest connection has shown of itself: a JSON object; `{}` where there is none.
  public let info: [UInt8]
  /// How many connections it is there with; nil where the hub does not say, 0 for one who has just gone.
  public let connections: Int?

  /// ``info`` as text.
  public var infoText: String { String(decoding: info, as: UTF8.self) }

  /// Takes a member as the hub tells of it.
  ///
  /// - Throws: where no hub says this.
  init(_ object: JSONObject) throws(HubError) {
    user = try object.requiredString("user")
    info = try object.present("info")?.oneLine() ?? Array("{}".utf8)
    connections = try object.integer("connections", in: 0...Int64(Int32.max)).map { Int($0) }
  }

  init(_ json: [UInt8]) throws(HubError) {
    try self.init(try JSONObject(parsing: json))
  }

  /// Reads a JSON array of members.
  static func list(_ value: JSONValue, maximum: Int) throws(HubError) -> [Member] {
    var members: [Member] = []
    for element in try JSONArray(value, maximum: maximum, name: "members").elements {
      members.append(try Member(try JSONObject(element, name: "members")))
    }
    return members
  }
}
