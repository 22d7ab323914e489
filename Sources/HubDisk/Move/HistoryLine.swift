import HubRooms
import HubWire

/// A line of an exported history: one event, or only where a room stands whose newest event is no longer kept.
struct HistoryLine {
  let room: RoomName
  let position: Position
  /// Nil where the line only says where the room stands.
  let event: NewEvent?
  /// Milliseconds since 1970.
  let time: Int64

  init(room: RoomName, position: Position, event: NewEvent? = nil, time: Int64 = 0) {
    self.room = room
    self.position = position
    self.event = event
    self.time = time
  }

  var json: [UInt8] {
    JSONWriter.object(capacity: 160 + (event?.data.count ?? 0)) { json in
      json.member("room", room.text)
      json.member("position", position)
      guard let event else { return }
      json.member("event", event.name.text)
      switch event.data {
      case .json(let text): json.member("data", raw: text)
      case .base64(let text):
        json.key("dataBase64")
        json.string(text.span)
      }
      json.member("time", time)
      if let user = event.user { json.member("user", user) }
      if let excluded = event.excluded { json.member("excluded", excluded.description) }
      if let trace = event.trace { json.member("trace", trace) }
    }
  }

  // MARK: Reading

  private static let fields: [StaticString] = [
    "room", "position", "event", "data", "dataBase64", "time", "user", "excluded", "trace",
  ]

  /// The object of a line, and its room: known even where the rest of the line is wrong.
  struct Draft {
    let room: RoomName
    private let object: JSONObject

    /// - Throws: what is wrong with the line.
    init(_ line: [UInt8]) throws(HubError) {
      object = try JSONObject(parsing: line, maximumDepth: JSONScanner.maximumDepth + 1)
      room = try RoomName(object.requiredString("room"))
    }

    /// No history is longer, and there is space above for all that is published later.
    private static let offsets: ClosedRange<UInt64> = 1...(1 << 53)

    /// - Throws: what is wrong with the rest.
    func line() throws(HubError) -> HistoryLine {
      if let stranger = object.firstKey(outside: fields) {
        throw HubError(.invalidRequest, "a line has no field `\(stranger.prefix(64))`")
      }
      let position = try Position(object.requiredString("position"))
      guard Self.offsets.contains(position.offset) else {
        throw HubError(.invalidPosition, "no event stands at the position \(position)")
      }
      guard object.keys.contains(where: { $0 != "room" && $0 != "position" }) else {
        return HistoryLine(room: room, position: position)
      }
      guard let time = try object.integer("time", in: EventRow.times) else {
        throw HubError(.invalidRequest, "`time` is missing")
      }
      return HistoryLine(room: room, position: position, event: try event(), time: time)
    }

    private func event() throws(HubError) -> NewEvent {
      let data = try object.eventData()
      // The line has one level around it, so that nothing deeper comes in than can be published.
      if case .json(let text) = data { _ = try EventData(json: text) }
      return NewEvent(
        name: try EventName(object.requiredString("event")), data: data, user: try object.string("user"),
        excluded: try excluded(), trace: try object.string("trace"))
    }

    private func excluded() throws(HubError) -> ConnectionID? {
      guard let text = try object.string("excluded") else { return nil }
      guard let id = ConnectionID(text) else {
        throw HubError(.invalidRequest, "`excluded` must be the id of a connection, 32 hexadecimal digits")
      }
      return id
    }
  }
}
