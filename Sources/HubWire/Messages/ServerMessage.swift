/// What the hub says over a WebSocket: one JSON object a text frame.
///
/// The cases are the client's view, read by ``parse(_:)``. The hub does not make these values: it writes frames
/// directly, with the functions of `ServerMessage+Event.swift`, `ServerMessage+Encode.swift` and
/// `ServerMessage+History.swift`. What they write, `parse` reads.
package enum ServerMessage: Sendable, Equatable {
  /// What stands as `type`: all that this hub says.
  package enum Kind: String, CaseIterable, Sendable {
    case welcome, authenticated, subscribed, event, skip, gap, join, leave, members, unsubscribed, published, history
    case reconnect, error, pong
  }

  case welcome(connection: String, node: String, ping: Int, user: String?)
  /// `recovered` is there exactly when the request said `after`; `members` is a JSON array.
  case subscribed(
    id: RequestID?, room: String, position: Position, recovered: Bool?, newest: Position?, members: [UInt8]?)
  case event(ReceivedEvent)
  case skip(room: String, position: Position)
  case gap(room: String, from: Position, position: Position)
  /// `member` is a JSON object.
  case join(room: String, member: [UInt8])
  case leave(room: String, member: [UInt8])
  case members(id: RequestID?, room: String, members: [UInt8])
  /// `code` where it was not the client's wish.
  case unsubscribed(id: RequestID?, room: String, code: String?)
  /// No position for an ephemeral event, and where `queued` is there: the engine is away, and the event waits for it, or is
  /// kept nowhere.
  case published(id: RequestID?, room: String, position: Position?, duplicate: Bool, queued: Bool? = nil)
  case history(
    id: RequestID?, room: String, position: Position, recovered: Bool, events: [ReceivedEvent], more: Bool)
  /// Come back in that many milliseconds.
  case reconnect(delay: Int)
  case error(id: RequestID?, room: String?, code: String, detail: String, temporary: Bool)
  case pong(id: RequestID?)
  /// What a newer hub may say, and what no client of ours asks for.
  case other(type: String)
}
