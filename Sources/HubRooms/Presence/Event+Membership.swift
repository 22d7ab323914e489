import HubWire

extension Event {
  /// That somebody has come or gone, as it travels to subscribers: like an event that is not kept, between the others and
  /// encoded once.
  init(_ change: PresenceChange, room: RoomName) {
    switch change {
    case .joined(let user, let info):
      let member = ServerMessage.encodeMember(user: user, info: info)
      self.init(.join, membership: ServerMessage.encodeJoin(room: room, member: member))
    case .left(let user, let info):
      let member = ServerMessage.encodeMember(user: user, info: info)
      self.init(.leave, membership: ServerMessage.encodeLeave(room: room, member: member))
    }
  }

  private init(_ name: EventName, membership json: [UInt8]) {
    offset = 0
    time = 0
    self.name = name
    excluded = nil
    frame = EventFrame(
      bytes: WebSocketFrame.encode(.text, json), headerLength: WebSocketFrame.headerLength(for: json.count))
  }

  /// Whether it tells of a member. Only what has no place in history is worth the question.
  var isMembership: Bool { isEphemeral && (name == .join || name == .leave) }
}
