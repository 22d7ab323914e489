extension ServerMessage {
  /// How deep data is nested in the deepest frame: object, `events`, event.
  private static let maximumDepth = JSONScanner.maximumDepth + 3
  private static let anyCount: ClosedRange<Int64> = 0...Int64(Int32.max)

  /// Reads a text message from a hub. Fields that it does not know are ignored, and so is a frame of an unknown type.
  ///
  /// - Throws: `INVALID_JSON`, `INVALID_REQUEST`, `INVALID_POSITION` where no hub says this.
  package static func parse(_ text: [UInt8]) throws(HubError) -> ServerMessage {
    let object = try JSONObject(parsing: text, maximumDepth: maximumDepth)
    let type = try object.requiredString("type")
    guard let kind = Kind(rawValue: type) else { return .other(type: type) }
    switch kind {
    case .event: return .event(try ReceivedEvent(object))
    case .subscribed, .unsubscribed, .skip, .gap, .join, .leave, .members, .published, .history:
      return try ofRoom(try object.requiredString("room"), kind, object)
    case .welcome:
      return .welcome(
        connection: try object.requiredString("connection"), node: try object.requiredString("node"),
        ping: Int(try object.integer("ping", in: anyCount) ?? 0), user: try object.string("user"))
    case .reconnect:
      return .reconnect(delay: Int(try object.integer("delay", in: anyCount) ?? 0))
    case .error:
      return .error(
        id: try object.requestID(), room: try object.string("room"), code: try object.requiredString("code"),
        detail: try object.string("detail") ?? "", temporary: try object.bool("temporary") ?? false)
    case .pong: return .pong(id: try object.requestID())
    case .authenticated: return .other(type: type)
    }
  }

  private static func ofRoom(_ room: String, _ kind: Kind, _ object: JSONObject) throws(HubError) -> ServerMessage {
    switch kind {
    case .subscribed:
      .subscribed(
        id: try object.requestID(), room: room, position: try object.requiredPosition("position"),
        recovered: try object.bool("recovered"), newest: try object.position("newest"),
        members: try object.present("members")?.oneLine())
    case .unsubscribed:
      .unsubscribed(id: try object.requestID(), room: room, code: try object.string("code"))
    case .skip:
      .skip(room: room, position: try object.requiredPosition("position"))
    case .gap:
      .gap(
        room: room, from: try object.requiredPosition("from"), position: try object.requiredPosition("position"))
    case .join:
      .join(room: room, member: try object.required("member").oneLine())
    case .leave:
      .leave(room: room, member: try object.required("member").oneLine())
    case .members:
      .members(id: try object.requestID(), room: room, members: try object.required("members").oneLine())
    case .published:
      .published(
        id: try object.requestID(), room: room, position: try object.position("position"),
        duplicate: try object.bool("duplicate") ?? false, queued: try object.bool("queued"))
    default:
      .history(
        id: try object.requestID(), room: room, position: try object.requiredPosition("position"),
        recovered: try object.bool("recovered") ?? true, events: try events(object),
        more: try object.bool("more") ?? false)
    }
  }

  private static func events(_ object: JSONObject) throws(HubError) -> [ReceivedEvent] {
    let array = try JSONArray(
      try object.required("events"), maximum: HistoryRequest.maximumLimit, name: "events")
    var events: [ReceivedEvent] = []
    events.reserveCapacity(array.elements.count)
    for (index, element) in array.elements.enumerated() {
      events.append(try ReceivedEvent(try JSONObject(element, name: "events[\(index)]")))
    }
    return events
  }
}
