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
  /// `/v1/users/{user}/connections`
  case userConnections(String)
  case health
  case ready
  case metrics
  /// `/debug/echo`, where the settings mount it.
  case echo

  /// - Throws: `NOT_FOUND`, or `INVALID_ROOM` where a room's name is none.
  init(_ path: String, debugEcho: Bool) throws(HubError) {
    // The path of nearly all requests, first.
    if let endpoint = try Self.roomEndpoint(path) {
      self = endpoint
      return
    }
    if let user = try Self.userOfConnections(path) {
      self = .userConnections(user)
      return
    }
    switch path {
    case "/v1/events": self = .events
    case "/v1/ws": self = .webSocket
    case "/v1/rooms": self = .rooms
    case "/health": self = .health
    case "/ready": self = .ready
    case "/metrics": self = .metrics
    case "/debug/echo" where debugEcho: self = .echo
    default: throw HubError(.notFound, "there is nothing at this path")
    }
  }

  /// `/v1/rooms/{room}` with or without `/events`; nil for any other path.
  private static func roomEndpoint(_ path: String) throws(HubError) -> Endpoint? {
    let prefix: StaticString = "/v1/rooms/"
    let suffix: StaticString = "/events"
    var name = path.utf8.span
    guard name.starts(with: prefix) else { return nil }
    name = name.extracting(droppingFirst: prefix.utf8CodeUnitCount)
    let isEvents = name.count > suffix.utf8CodeUnitCount && name.ends(with: suffix)
    if isEvents { name = name.extracting(droppingLast: suffix.utf8CodeUnitCount) }
    let raw = String(copying: name)
    do throws(HubError) {
      let room = try RoomName(raw)
      return isEvents ? .roomEvents(room) : .room(room)
    } catch {
      // Neither a slash nor a percent sign may stand in a name: only now is it worth to look for them.
      if raw.utf8.contains(UInt8(ascii: "/")) { return nil }
      guard raw.utf8.contains(UInt8(ascii: "%")) else { throw error }
    }
    guard let text = PercentEncoding.decode(raw) else {
      throw HubError(.invalidRoom, "the room name is not percent-encoded UTF-8")
    }
    let room = try RoomName(text)
    return isEvents ? .roomEvents(room) : .room(room)
  }

  /// The user of `/v1/users/{user}/connections`; nil for any other path.
  private static func userOfConnections(_ path: String) throws(HubError) -> String? {
    let (prefix, suffix) = ("/v1/users/", "/connections")
    guard path.hasPrefix(prefix), path.hasSuffix(suffix), path.utf8.count > prefix.utf8.count + suffix.utf8.count else {
      return nil
    }
    let name = path.dropFirst(prefix.count).dropLast(suffix.count)
    guard !name.contains("/"), let user = PercentEncoding.decode(name), !user.isEmpty else {
      throw HubError(.invalidRequest, "the user in the path is not percent-encoded UTF-8")
    }
    return user
  }

  /// The room it is about, where it is about one.
  var room: RoomName? {
    switch self {
    case .roomEvents(let room), .room(let room): room
    default: nil
    }
  }

  func allows(_ method: HTTPMethod) -> Bool {
    switch (self, method) {
    case (.userConnections, _): method == .delete
    case (.roomEvents, .post), (.events, .post), (_, .get): true
    case (.webSocket, .head), (.echo, .head): false
    case (_, .head): true
    default: false
    }
  }

  /// What works here; `HEAD` wherever `GET` does.
  private var methods: [HTTPMethod] {
    [.get, .head, .post, .delete].filter(allows)
  }

  /// The value of an `Allow` field.
  var allow: String {
    (methods.map(\.text) + ["OPTIONS"]).joined(separator: ", ")
  }
}
