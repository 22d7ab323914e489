import HubWire

/// The methods that work with a resource, and what each needs.
struct MethodRules: Sendable {
  private var get: Need?
  private var post: Need?
  private var put: Need?
  private var delete: Need?
  private let usual: Need
  /// Whether `GET` makes nothing but a WebSocket, of which there is no head alone.
  private let isHandshake: Bool

  init(_ operations: [Operation]) {
    usual = operations.first?.need ?? .admin
    isHandshake = operations.contains { $0.isHandshake }
    for operation in operations {
      switch operation.method {
      case .get: get = operation.need
      case .post: post = operation.need
      case .put: put = operation.need
      case .delete: delete = operation.need
      case .head, .options, .other: preconditionFailure("\(operation.method) follows from the others")
      }
    }
  }

  func allows(_ method: HTTPMethod) -> Bool {
    if method == .head, isHandshake { return false }
    return own(method) != nil
  }

  func need(for method: HTTPMethod) -> Need { own(method) ?? usual }

  /// `HEAD` works wherever `GET` does.
  private func own(_ method: HTTPMethod) -> Need? {
    switch method {
    case .get, .head: get
    case .post: post
    case .put: put
    case .delete: delete
    case .options, .other: nil
    }
  }
}

/// What whoever asks must be allowed.
enum Need: Sendable {
  case nothing
  /// What is asked for is looked at one by one.
  case each
  /// Reading the room of the path.
  case read
  /// Publishing into the room of the path.
  case publish
  /// Publishing into all rooms, as a backend service.
  case publishEverywhere
  case admin
}
