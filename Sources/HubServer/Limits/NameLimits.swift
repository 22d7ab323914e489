import HubWire

/// How long the names of rooms and events may be here, where that is less than names can have at all. A pure value.
struct NameLimits: Sendable, Equatable {
  var room = RoomName.maximumLength
  var event = EventName.maximumLength

  /// - Throws: `INVALID_ROOM`, naming the setting.
  func check(_ room: RoomName) throws(HubError) {
    let count = room.text.utf8.count
    if count <= self.room { return }
    throw HubError(.invalidRoom, "the room name has \(count) bytes, the limit is \(self.room) (`limits.roomName`)")
  }

  /// The name of an event that was given none always passes.
  ///
  /// - Throws: `INVALID_EVENT`, naming the setting.
  func check(_ event: EventName) throws(HubError) {
    let count = event.text.utf8.count
    if count <= self.event || event == .message { return }
    throw HubError(.invalidEvent, "the event name has \(count) bytes, the limit is \(self.event) (`limits.eventName`)")
  }
}

extension NameLimits {
  init(_ settings: LimitSettings) {
    self.init(room: settings.roomName, event: settings.eventName)
  }
}
