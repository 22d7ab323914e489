import HubWire

/// One step that a request passes on its way to its route: it goes on, or is refused.
enum Middleware {
  /// The name by which the hub was called, against DNS rebinding.
  case host
  /// The page that asks.
  case origin
  /// What was decided when the connection was accepted: one too many.
  case refusal
  /// Who asks.
  case credential
  /// The same for a WebSocket, whose client may say so later, and learns only then what is wrong with its URL.
  case credentialOfHandshake
  /// Whether they may.
  case permission
  /// How often.
  case rate

  func admit(_ exchange: Exchange, at endpoint: Endpoint, through gate: Gate) throws(HubError) {
    switch self {
    case .host: try gate.checkHost(exchange.request)
    case .origin: try gate.checkOrigin(exchange.request)
    case .refusal: if let limit = gate.refusal { throw limit.refusal }
    case .credential: try gate.identify(exchange, isHandshake: false)
    case .credentialOfHandshake: try gate.identify(exchange, isHandshake: true)
    case .permission: try gate.checkPermission(exchange, at: endpoint)
    case .rate: try gate.checkRate(exchange, at: endpoint)
    }
  }
}
