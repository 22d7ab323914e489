public import HubWire

/// Some of what a hub keeps of a room.
public struct HistoryPage: Sendable {
  /// Oldest first.
  public let events: [RoomEvent]
  /// Where to read on, or to subscribe from.
  public let position: Position
  /// False where the history does not reach back to what was asked for: there are no events then, and ``position`` is the
  /// room's newest.
  public let isRecovered: Bool
  /// Whether there are newer events than these.
  public let hasMore: Bool

  /// The page, its list, an event, and what that carries.
  private static let maximumDepth = JSONScanner.maximumDepth + 3

  /// - Throws: where it is not what a hub answers.
  init(_ json: [UInt8]) throws(HubError) {
    let object = try JSONObject(parsing: json, maximumDepth: Self.maximumDepth)
    position = try Position(try object.requiredString("position"))
    isRecovered = try object.bool("recovered") ?? true
    hasMore = try object.bool("more") ?? false
    var events: [RoomEvent] = []
    let elements = try JSONArray(
      try object.required("events"), maximum: HistoryRequest.maximumLimit, name: "events")
    for element in elements.elements {
      // A copy of its own: the page is not kept for the sake of one event.
      let json = element.oneLine()
      let object = try JSONObject(parsing: json, maximumDepth: Self.maximumDepth)
      events.append(RoomEvent(try ReceivedEvent(object), json: json))
    }
    self.events = events
  }
}
