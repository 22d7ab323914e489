public import HubWire

/// What a client has to tell; see ``Roomcast/events(of:)``.
public enum ClientEvent: Sendable {
  /// The state of the connection has changed.
  case state(ConnectionState)
  /// The connection stands; the rooms follow. `connection` is its id, for `exclude`, `user` who the token names.
  case connected(connection: String, node: String, user: String?)
  /// A room's events follow, from the one after `position` on. `recovered` is nil where the room was not resumed.
  case subscribed(room: String, position: Position, recovered: Bool?)
  /// An event; in one room each once, in order.
  case event(RoomEvent)
  /// So many events that were sent to this client's user are lost: they came while the iteration lagged, and nothing keeps
  /// them.
  case missed(Int)
  /// Events after `from` up to `position` are lost for this subscriber.
  case gap(room: String, from: Position, position: Position)
  /// The history does not reach back to where the room was left: reload its state, as of `position`. `from` is the last
  /// position that is known, maybe of another epoch; nil where there is none.
  case notRecovered(room: String, from: Position?, position: Position)
  /// A room cannot be subscribed to. Where that is temporary it is tried again.
  case refused(room: String, Refusal)
  /// The hub has taken the room away; `code` says why, where it does.
  case unsubscribed(room: String, code: String?)
  /// A user has come into a room.
  case joined(room: String, Member)
  /// A user has left a room.
  case left(room: String, Member)
  /// Who is in a room, told anew: it replaces what was known.
  case members(room: String, [Member])
  /// The last event: the client does not come back. `code` is the close code, where the hub closed.
  case closed(code: UInt16?, reason: String)
}

extension ClientEvent {
  /// Roughly the bytes of memory it takes while it waits to be delivered.
  var weight: Int {
    switch self {
    case .event(let event): event.json.count + 256
    case .members(_, let members): members.reduce(256) { $0 + $1.info.count + 128 }
    case .joined(_, let member), .left(_, let member): member.info.count + 256
    default: 256
    }
  }

  /// The room it is about; nil where it is about none.
  var room: String? {
    switch self {
    case .state, .connected, .missed, .closed: nil
    case .event(let event): event.room
    case .subscribed(let room, _, _), .gap(let room, _, _), .notRecovered(let room, _, _), .refused(let room, _),
      .unsubscribed(let room, _), .joined(let room, _), .left(let room, _), .members(let room, _):
      room
    }
  }
}
