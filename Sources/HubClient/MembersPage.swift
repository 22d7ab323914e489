import HubWire

/// Some of the members of a room.
public struct MembersPage: Sendable {
  /// In the order in which they came.
  public let members: [Member]
  /// How many there are in all.
  public let count: Int
  /// Where the next page begins; nil where there is none.
  public let cursor: String?

  /// - Throws: where it is not what a hub answers.
  init(_ json: [UInt8]) throws(HubError) {
    let object = try JSONObject(parsing: json)
    members = try Member.list(try object.required("members"), maximum: MembersRequest.maximumLimit)
    count = Int(try object.integer("count", in: 0...Int64(Int32.max)) ?? 0)
    cursor = try object.string("cursor")
  }
}
