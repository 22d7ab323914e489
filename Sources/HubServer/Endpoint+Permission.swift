import HubWire

/// What a request needs to be allowed.
enum Permission: Equatable {
  case nothing
  /// Whoever; what is asked for is looked at one by one.
  case each
  case read(RoomName)
  case publish(RoomName)
  case admin
}

extension Endpoint {
  func permission(for method: HTTPMethod) -> Permission {
    switch self {
    case .roomEvents(let room): method == .post ? .publish(room) : .read(room)
    case .room(let room): .read(room)
    case .events, .webSocket: .each
    case .rooms, .userConnections, .metrics: .admin
    case .health, .ready, .echo: .nothing
    }
  }
}
