import HubWire

/// What the hub has under its paths: one case each, and of each one declaration (``ResourceDeclaration``), from which
/// the reading of paths, the methods that work, what is needed for them and the OpenAPI document derive.
///
/// Paths are looked at in this order: first that of nearly all requests.
enum Resource: UInt8, CaseIterable {
  case roomEvents
  case events
  case webSocket
  case rooms
  case room
  case roomMembers
  case userEvents
  case userConnections
  case connections
  case connection
  case connectionRoom
  case nodes
  case health
  case ready
  case metrics
  case openAPI
  case asyncAPI
  case browserClient
  case browserTypes
  case console
  case consoleFile
  case echo

  var declaration: ResourceDeclaration { Self.declarations[Int(rawValue)] }
  /// What works here and what it needs, in a form that is looked at for every request.
  var rules: MethodRules { Self.rules[Int(rawValue)] }

  /// In the order of the cases.
  private static let declarations: [ResourceDeclaration] = allCases.map(\.declared)
  private static let rules: [MethodRules] = declarations.map { MethodRules($0.operations) }

  private var declared: ResourceDeclaration {
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
    case .browserClient: .browserClient
    case .browserTypes: .browserTypes
    case .console: .console
    case .consoleFile: .consoleFile
    case .echo: .echo
    }
  }
}

/// A path, and what can be done with what it stands for.
struct ResourceDeclaration: Sendable {
  let path: PathPattern
  /// The first says what a method needs that does not work here.
  let operations: [Operation]

  init(_ path: String, _ operations: [Operation]) {
    self.path = PathPattern(path)
    self.operations = operations
  }
}

/// Some of the resources: those that a listener has.
struct ResourceSet: Equatable, Sendable {
  private var bits: UInt32 = 0

  init(_ resources: some Sequence<Resource>) {
    for resource in resources { bits |= 1 << resource.rawValue }
  }

  func contains(_ resource: Resource) -> Bool { bits & (1 << resource.rawValue) != 0 }

  static let all = ResourceSet(Resource.allCases)
  /// What a listener for metrics alone has.
  static let observing = ResourceSet([.health, .ready, .metrics])

  /// What the hub's own listener has.
  init(_ settings: Settings) {
    self.init(
      Resource.allCases.filter { resource in
        switch resource {
        case .echo: settings.debug.echo
        case .console, .consoleFile: !settings.console.off
        case .metrics: settings.metrics.address == nil
        default: true
        }
      })
  }
}
