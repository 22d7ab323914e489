import HubWire

/// What a path stands for, with the names that are in it: a case for each ``Resource``.
enum Endpoint {
  case roomEvents(RoomName)
  case events
  case webSocket
  case rooms
  case room(RoomName)
  case roomMembers(RoomName)
  case userEvents(String)
  case userConnections(String)
  case connections
  case connection(ConnectionID)
  case connectionRoom(ConnectionID, RoomName)
  case nodes
  case health
  case ready
  case metrics
  case openAPI
  case asyncAPI
  /// Of one of the resources that are files, the file.
  case file(WebFile, Resource)
  case echo

  private static let patterns = Resource.allCases.map { (resource: $0, pattern: $0.declaration.path) }

  /// - Parameter resources: those that the listener has.
  /// - Throws: `NOT_FOUND`; `INVALID_ROOM` and `INVALID_REQUEST` where a name in the path is none.
  init(_ path: String, in resources: ResourceSet) throws(HubError) {
    for index in Self.patterns.indices where resources.contains(Self.patterns[index].resource) {
      guard let match = Self.patterns[index].pattern.match(path.utf8.span) else { continue }
      self = try Self.endpoint(Self.patterns[index].resource, PathValues(path: path, match: match))
      return
    }
    throw HubError(.notFound, "there is nothing at this path")
  }

  private static func endpoint(_ resource: Resource, _ values: PathValues) throws(HubError) -> Endpoint {
    switch resource {
    case .roomEvents: .roomEvents(try values.room(values.match.first))
    case .events: .events
    case .webSocket: .webSocket
    case .rooms: .rooms
    case .room: .room(try values.room(values.match.first))
    case .roomMembers: .roomMembers(try values.room(values.match.first))
    case .userEvents: .userEvents(try values.user(values.match.first))
    case .userConnections: .userConnections(try values.user(values.match.first))
    case .connections: .connections
    case .connection: .connection(try values.connection(values.match.first))
    case .connectionRoom:
      .connectionRoom(try values.connection(values.match.first), try values.room(values.match.second))
    case .nodes: .nodes
    case .health: .health
    case .ready: .ready
    case .metrics: .metrics
    case .openAPI: .openAPI
    case .asyncAPI: .asyncAPI
    case .browserClient, .browserTypes, .console, .consoleFile: .file(try values.file(), resource)
    case .echo: .echo
    }
  }

  /// The entry of the table that it is one of.
  var resource: Resource {
    switch self {
    case .roomEvents: .roomEvents
    case .events: .events
    case .webSocket: .webSocket
    case .rooms: .rooms
    case .room: .room
    case .roomMembers: .roomMembers
    case .userEvents: .userEvents
    case .userConnections: .userConnections
    case .connections: .connections
    case .connection: .connection
    case .connectionRoom: .connectionRoom
    case .nodes: .nodes
    case .health: .health
    case .ready: .ready
    case .metrics: .metrics
    case .openAPI: .openAPI
    case .asyncAPI: .asyncAPI
    case .file(_, let resource): resource
    case .echo: .echo
    }
  }

  /// The room it is about, where it is about one.
  var room: RoomName? {
    switch self {
    case .roomEvents(let room), .room(let room), .roomMembers(let room), .connectionRoom(_, let room): room
    default: nil
    }
  }

  func allows(_ method: HTTPMethod) -> Bool { resource.rules.allows(method) }

  /// What works here; `HEAD` wherever `GET` does.
  private var methods: [HTTPMethod] {
    [.get, .head, .post, .put, .delete].filter(allows)
  }

  /// The value of an `Allow` field.
  var allow: String {
    (methods.map(\.text) + ["OPTIONS"]).joined(separator: ", ")
  }
}

/// The names that stand in a path.
private struct PathValues {
  let path: String
  let match: PathMatch

  private func text(_ range: Range<Int>) -> String { String(copying: path.utf8.span.extracting(range)) }

  func room(_ range: Range<Int>) throws(HubError) -> RoomName {
    let raw = text(range)
    do throws(HubError) {
      return try RoomName(raw)
    } catch {
      // No percent sign may stand in a name: only now is it worth to look for one.
      guard raw.utf8.contains(UInt8(ascii: "%")) else { throw error }
    }
    guard let name = PercentEncoding.decode(raw) else {
      throw HubError(.invalidRoom, "the room name is not percent-encoded UTF-8")
    }
    return try RoomName(name)
  }

  func user(_ range: Range<Int>) throws(HubError) -> String {
    guard let user = PercentEncoding.decode(text(range)), !user.isEmpty else {
      throw HubError(.invalidRequest, "the user in the path is not percent-encoded UTF-8")
    }
    return user
  }

  func file() throws(HubError) -> WebFile {
    guard let file = WebFile.at(path) else { throw HubError(.notFound, "there is nothing at this path") }
    return file
  }

  func connection(_ range: Range<Int>) throws(HubError) -> ConnectionID {
    guard let text = PercentEncoding.decode(text(range)), let id = ConnectionID(text) else {
      throw HubError(.invalidRequest, "the connection in the path must be its id, 32 hexadecimal digits")
    }
    return id
  }
}
