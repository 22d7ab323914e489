import HubWire

extension ClientMessage.Kind {
  /// What the message may be refused with, besides what ends the connection.
  var errors: [ErrorCode] {
    let always: [ErrorCode] = [.invalidRequest, .rateLimited]
    let ofRights: [ErrorCode] = [.unauthorized, .forbidden, .tokenExpired]
    switch self {
    case .subscribe:
      return always + ofRights + [
        .invalidRoom, .invalidPosition, .payloadTooLarge, .conflict, .tooManyRooms, .backendUnavailable, .draining,
      ]
    case .unsubscribe: return always + [.invalidRoom]
    case .publish:
      return always + ofRights + [
        .invalidRoom, .invalidEvent, .conflict, .tooManyRooms, .engineUnavailable, .backendUnavailable,
      ]
    case .history: return always + ofRights + [.invalidRoom, .invalidPosition, .tooManyRooms, .backendUnavailable]
    case .members: return always + ofRights + [.invalidRoom, .backendUnavailable]
    case .auth: return always + [.unauthorized, .forbidden, .tokenExpired]
    case .ping: return always
    }
  }
}
