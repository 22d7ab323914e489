/// One room that a client asks to subscribe to, as it wrote it: name and position are looked at room by room, so that
/// one that is wrong gets an error of its own and harms no other.
package struct RoomRequest: Sendable, Equatable {
  package let room: String
  package let after: String?
  /// What the others in the room are told about this member: a JSON object on one line.
  package let presence: [UInt8]?

  package init(room: String, after: String? = nil, presence: [UInt8]? = nil) {
    self.room = room
    self.after = after
    self.presence = presence
  }

  /// Takes the object that has `room`, `after` and `presence`.
  ///
  /// - Throws: `INVALID_REQUEST`.
  init(_ object: JSONObject) throws(HubError) {
    room = try object.requiredString("room")
    after = try object.string("after")
    guard let value = try object.present("presence") else {
      presence = nil
      return
    }
    guard value.kind == .object else { throw object.wrong("presence", value, "an object") }
    presence = value.oneLine()
  }

  func write(to json: inout JSONWriter) {
    json.member("room", room)
    if let after { json.member("after", after) }
    if let presence { json.member("presence", raw: presence) }
  }
}
