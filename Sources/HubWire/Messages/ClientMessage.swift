/// What a client says over its WebSocket: one JSON object a text frame.
///
/// Fields that no message of its type has are ignored, so that newer clients can talk to older hubs; a known field that
/// has the wrong type, or stands there twice, is refused by name.
package enum ClientMessage: Sendable, Equatable {
  /// What stands as `type`: all that the hub understands.
  package enum Kind: String, CaseIterable, Sendable {
    case subscribe, unsubscribe, publish, history, members, auth, ping
  }

  /// `many` where the client gave `rooms`, in its order; one answer a room either way.
  case subscribe(id: RequestID?, rooms: [RoomRequest], many: Bool)
  case unsubscribe(id: RequestID?, room: String)
  case publish(id: RequestID?, PublishRequest)
  case history(id: RequestID?, HistoryRequest)
  case members(id: RequestID?, MembersRequest)
  case auth(id: RequestID?, token: String)
  case ping(id: RequestID?)

  /// One level is the message's own, the rest is for the data.
  private static let maximumDepth = JSONScanner.maximumDepth + 1

  /// - Parameters:
  ///   - text: one whole text message.
  ///   - maximumRooms: how many rooms one `subscribe` may name.
  /// - Throws: `INVALID_JSON`, `INVALID_REQUEST`, `INVALID_EVENT`, `TOO_MANY_ROOMS` or `PAYLOAD_TOO_LARGE`.
  package static func parse(
    _ text: [UInt8], maximumRooms: Int = 128
  ) throws(ClientMessageError) -> ClientMessage {
    var id: RequestID?
    do throws(HubError) {
      let object = try JSONObject(parsing: text, maximumDepth: maximumDepth)
      id = try object.requestID()
      return try message(object, id: id, maximumRooms: maximumRooms)
    } catch {
      throw ClientMessageError(id: id, error: error)
    }
  }

  /// What the client calls the request, without understanding the rest of it; nil where that cannot be read.
  package static func id(in text: [UInt8]) -> RequestID? {
    try? JSONObject(parsing: text, maximumDepth: maximumDepth).requestID()
  }

  private static func message(
    _ object: JSONObject, id: RequestID?, maximumRooms: Int
  ) throws(HubError) -> ClientMessage {
    let type = try object.requiredString("type")
    guard let kind = Kind(rawValue: type) else {
      throw HubError(.invalidRequest, "there is no message of type \"\(type.prefix(64))\"")
    }
    switch kind {
    case .publish: return .publish(id: id, try PublishRequest(object))
    case .subscribe: return try subscribe(object, id: id, maximumRooms: maximumRooms)
    case .unsubscribe: return .unsubscribe(id: id, room: try object.requiredString("room"))
    case .history: return .history(id: id, try HistoryRequest(object))
    case .members: return .members(id: id, try MembersRequest(object))
    case .auth: return .auth(id: id, token: try object.requiredString("token"))
    case .ping: return .ping(id: id)
    }
  }

  private static func subscribe(
    _ object: JSONObject, id: RequestID?, maximumRooms: Int
  ) throws(HubError) -> ClientMessage {
    guard let list = try object.present("rooms") else {
      return .subscribe(id: id, rooms: [try RoomRequest(object)], many: false)
    }
    for key: StaticString in ["room", "after", "presence"] where try object.present(key) != nil {
      throw HubError(.invalidRequest, "beside `rooms`, `\(key)` must stand in each of its elements")
    }
    guard list.kind == .array else { throw object.wrong("rooms", list, "an array") }
    guard let array = try? JSONArray(list, maximum: maximumRooms, name: "rooms") else {
      throw HubError(.tooManyRooms, "`rooms` has more than \(maximumRooms) elements")
    }
    guard !array.elements.isEmpty else { throw HubError(.invalidRequest, "`rooms` is empty") }
    var rooms: [RoomRequest] = []
    rooms.reserveCapacity(array.elements.count)
    for (index, element) in array.elements.enumerated() {
      rooms.append(try RoomRequest(try JSONObject(element, name: "rooms[\(index)]")))
    }
    return .subscribe(id: id, rooms: rooms, many: true)
  }
}
