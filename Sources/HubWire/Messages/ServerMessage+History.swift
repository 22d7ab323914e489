/// History, which is the only large answer.
extension ServerMessage {
  /// The `history` frame.
  ///
  /// - Parameters:
  ///   - position: where to read on.
  ///   - recovered: false where `after` is out of reach or of another epoch; there are no events then.
  package static func encodeHistory(
    id: RequestID?, room: RoomName, position: Position, recovered: Bool, events: [EventFrame], more: Bool
  ) -> [UInt8] {
    frame(.history, id: id, room: room, capacity: 256 + length(events)) { json in
      page(position, recovered, events, more, to: &json)
    }
  }

  /// The body of a history answer over HTTP: the same without `type` and `id`.
  package static func historyBody(
    room: RoomName, position: Position, recovered: Bool, events: [EventFrame], more: Bool
  ) -> [UInt8] {
    JSONWriter.object(capacity: 256 + length(events)) { json in
      json.member("room", room.text)
      page(position, recovered, events, more, to: &json)
    }
  }

  private static func length(_ events: [EventFrame]) -> Int {
    events.reduce(0) { $0 + $1.bytes.count + 1 }
  }

  private static func page(
    _ position: Position, _ recovered: Bool, _ events: [EventFrame], _ more: Bool, to json: inout JSONWriter
  ) {
    json.member("position", position)
    json.member("recovered", recovered)
    json.key("events")
    json.beginArray()
    for event in events { json.raw(event.json) }
    json.endArray()
    json.member("more", more)
  }
}
