public import HubWire

/// What a ``RoomClient`` has to tell.
public enum ClientEvent: Sendable {
  /// The connection stands; the rooms follow.
  case connected(connection: String, node: String)
  /// A room's events follow, from the one after `position` on. `recovered` is nil where the room was not resumed.
  case subscribed(room: String, position: Position, recovered: Bool?)
  /// An event; in one room each once, in order.
  case event(RoomEvent)
  /// Events after `from` up to `position` are lost for this subscriber.
  case gap(room: String, from: Position, position: Position)
  /// The history does not reach back to where the room was left: reload its state, as of `position`.
  case notRecovered(room: String, position: Position)
  /// A room cannot be subscribed to. Where that is temporary it is tried again.
  case refused(room: String, Refusal)
  /// The hub has taken the room away; `code` says why, where it does.
  case unsubscribed(room: String, code: String?)
  /// The connection is lost or could not be had; the next try follows.
  case disconnected(reason: String, retryIn: Duration)
  /// The last event: the client does not come back. `code` is the close code, where the hub closed.
  case closed(code: UInt16?, reason: String)
}

extension ClientEvent {
  /// Roughly the bytes of memory it takes while it waits to be delivered.
  var weight: Int {
    if case .event(let event) = self { event.json.count + 256 } else { 256 }
  }
}
