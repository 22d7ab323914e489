import HubWire

/// What a path stands for.
enum Endpoint {
  /// `/v1/rooms/{room}/events`
  case roomEvents(RoomName)
  /// `/v1/events`
  case events
  /// `/v1/ws`
  case webSocket
  /// `/v1/rooms`
  case rooms
  /// `/v1/rooms/{room}`
  case room(RoomName)
  case health
  case ready
  case metrics
  /// `/debug/echo`, where the settings mount it.
  case echo

  /// - Throws: `NOT_FOUND`, or `INVALID_ROOM` where a room's name is none.
  init(_ path: String, debugEcho: Bool) throws(HubError) {
    switch path {
    case "/v1/events": self = .events
    case "/v1/ws": self = .webSocket
    case "/v1/rooms": self = .rooms
    case "/health": self = .health
    case "/ready": self = .ready
    case "/metrics": self = .metrics
    case "/debug/echo" where debugEcho: self = .echo
    default: self = try Self.roomEndpoint(path)
    }
  }

  private static func roomEndpoint(_ path: String) throws(HubError) -> Endpoint {
    let prefix = "/v1/rooms/"
    let suffix = "/events"
    guard path.hasPrefix(prefix) else { throw HubError(.notFound, "there is nothing at this path") }
    var name = path.utf8.dropFirst(prefix.utf8.count)
    let isEvents = name.count > suffix.utf8.count && name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    if isEvents { name = name.dropLast(suffix.utf8.count) }
    guard !name.contains(UInt8(ascii: "/")) else { throw HubError(.notFound, "there is nothing at this path") }
    let raw = Substring(name)
    guard let decoded = name.contains(UInt8(ascii: "%")) ? PercentEncoding.decode(raw) : String(raw) else {
      throw HubError(.invalidRoom, "the room name is not percent-encoded UTF-8")
    }
    let room = try RoomName(decoded)
    return isEvents ? .roomEvents(room) : .room(room)
  }

  /// What works here; `HEAD` wherever `GET` does.
  var methods: [HTTPMethod] {
    switch self {
    case .roomEvents, .events: [.get, .head, .post]
    case .webSocket, .echo: [.get]
    case .rooms, .room, .health, .ready, .metrics: [.get, .head]
    }
  }

  /// The value of an `Allow` field.
  var allow: String {
    (methods.map(\.text) + ["OPTIONS"]).joined(separator: ", ")
  }
}
