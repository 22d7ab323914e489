package import HubWire

/// A room that somebody wants to listen to.
package struct RoomWish: Sendable {
  package let name: RoomName
  /// Where to begin; nil for what is published from now on.
  package let after: ResumePoint?
  /// What to show of this user there: a JSON object on one line; nil to look on unseen.
  package let presence: [UInt8]?

  package init(_ name: RoomName, after: ResumePoint? = nil, presence: [UInt8]? = nil) {
    self.name = name
    self.after = after
    self.presence = presence
  }

  /// - Throws: `INVALID_ROOM`, or `INVALID_REQUEST` where the presence is no JSON object: the hub could not read a message
  ///   with it, and would end the connection.
  init(_ name: String, after: ResumePoint?, presence: String?) throws(HubError) {
    let shown = try presence.map { text throws(HubError) in try JSONValue(parsing: Array(text.utf8)) }
    if let shown, shown.kind != .object {
      throw HubError(.invalidRequest, "`presence` is \(shown.kind.phrase), it must be an object")
    }
    self.init(try RoomName(name), after: after, presence: shown?.oneLine())
  }
}
