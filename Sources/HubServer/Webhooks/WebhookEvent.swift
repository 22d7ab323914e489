import HubRooms
import HubWire

/// Something that a target is told.
struct WebhookEvent: Sendable, Equatable {
  /// What it is about.
  enum Content: Sendable, Equatable {
    case room(RoomName, RoomChange)
    case opened(ConnectionID, user: String?, kind: String)
    case closed(ConnectionID, user: String?, kind: String)
  }

  let content: Content
  /// Milliseconds since 1970.
  let time: Int64

  /// - Parameter sequence: its number among those of the target.
  func encode(sequence: UInt64) -> [UInt8] {
    JSONWriter.object(capacity: 192) { json in
      json.member("type", type)
      json.member("sequence", sequence)
      json.member("time", time)
      switch content {
      case .room(let room, let change):
        json.member("room", room.text)
        switch change {
        case .joined(let user, let info), .left(let user, let info):
          json.member("user", user)
          if let info { json.member("info", raw: info) }
        case .occupied, .vacated: break
        }
      case .opened(let connection, let user, let kind), .closed(let connection, let user, let kind):
        json.member("connection", connection.description)
        json.member("kind", kind)
        if let user { json.member("user", user) }
      }
    }
  }

  private var type: String {
    switch content {
    case .room(_, let change): change.event.rawValue
    case .opened: "connection.opened"
    case .closed: "connection.closed"
    }
  }
}

extension RoomChange {
  /// What settings call it.
  var event: RoomWebhookEvent {
    switch self {
    case .occupied: .occupied
    case .vacated: .vacated
    case .joined: .joined
    case .left: .left
    }
  }
}
