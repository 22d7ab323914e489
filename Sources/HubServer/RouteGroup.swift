import HubWire

/// Requests that meet the same middleware.
enum RouteGroup: CaseIterable {
  /// `/health` and `/ready`: for tools that name the machine as they like; they tell nothing that is worth a secret.
  case probes
  /// `/metrics`.
  case metrics
  /// Everything under `/v1` that is answered as HTTP.
  case api
  /// A WebSocket handshake. A browser cannot see why one failed, so that what the hub itself refuses is told behind it.
  case door
  /// Aids for development.
  case debug
  /// What the hub says of itself: for every page, of whatever origin.
  case documents

  init(_ endpoint: Endpoint, _ request: HTTPRequest) {
    switch endpoint {
    case .health, .ready: self = .probes
    case .metrics: self = .metrics
    case .echo: self = .debug
    case .webSocket: self = .door
    case .roomEvents: self = request.wantsUpgrade && request.method == .get ? .door : .api
    case .openAPI, .asyncAPI, .file: self = .documents
    case .events, .rooms, .room, .roomMembers, .userEvents, .userConnections, .connections, .connection,
      .connectionRoom, .nodes:
      self = .api
    }
  }

  /// In the order in which a request meets them. Before all of them its head was bounded and its trace begun; behind them
  /// stands the route, and then the log.
  var middleware: [Middleware] {
    switch self {
    case .probes: Self.none
    case .metrics: Self.observer
    case .api: Self.service
    case .door: Self.entrance
    case .debug: Self.bench
    case .documents: Self.reading
    }
  }

  // Made once: the list is walked for every request.
  private static let none: [Middleware] = []
  private static let observer: [Middleware] = [.host, .credential, .permission]
  private static let service: [Middleware] = [.host, .origin, .refusal, .credential, .permission, .rate]
  private static let entrance: [Middleware] = [.host, .origin, .credentialOfHandshake]
  private static let reading: [Middleware] = [.host]
  private static let bench: [Middleware] = [.host, .origin, .refusal]
}
