import HubWire

/// What a request needs to be allowed.
enum Permission: Equatable {
  case nothing
  /// Whoever; what is asked for is looked at one by one.
  case each
  case read(RoomName)
  case publish(RoomName)
  /// Into all rooms, as a backend service.
  case publishEverywhere
  case admin
}

extension Endpoint {
  /// A room that is not there to be read or published into is nobody's.
  func permission(for method: HTTPMethod) -> Permission {
    switch resource.rules.need(for: method) {
    case .nothing: .nothing
    case .each: .each
    case .read: room.map { .read($0) } ?? .admin
    case .publish: room.map { .publish($0) } ?? .admin
    case .publishEverywhere: .publishEverywhere
    case .admin: .admin
    }
  }
}
