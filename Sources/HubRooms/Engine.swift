package import HubIO
package import HubWire

/// Where events, positions and idempotency keys live: what every engine promises to rooms.
///
/// - **Atomic per room**: one append gives one offset, offsets are 1, 2, 3 … without a hole, and no two appends of a room
///   get the same. What an engine has answered, it keeps for as long as it says that it keeps anything.
/// - **Order**: a room calls in any number at the same time; answers may come in any order. The offset decides.
/// - **May be repeated**: `open` and `read` change nothing that a client could see. An append without a key that threw may
///   or may not have happened; with a key it can be repeated safely.
/// - **Failures**: only `ENGINE_UNAVAILABLE` (try again later), and `CONFLICT` for a key used with another body.
///
/// Calls come from every reactor's thread, and an engine must not block them: what waits, suspends.
package protocol Engine: AnyObject, Sendable {
  /// Where the room stands, beginning an epoch for one that is unknown. The engine keeps an opened room's place until
  /// ``close(_:at:)``; afterwards it may forget it, the longest unused first.
  func open(_ room: RoomName, at time: Moment) async throws(HubError) -> Position

  /// Takes an event. An ephemeral one gets no position, but its key counts.
  ///
  /// - Parameter subscribers: how many the publisher is told of; a duplicate is told the same again.
  func append(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) async throws(HubError) -> Appended

  /// The same without waiting, for an engine that can answer at once; nil, and nothing done, where it cannot.
  func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended?

  /// The room has left this node: nobody subscribes, nothing is kept in memory.
  func close(_ room: RoomName, at time: Moment)
}

extension Engine {
  package func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended? {
    nil
  }
}

/// An engine's answer to an append.
package enum Appended: Sendable, Equatable {
  /// Taken, at this position; nil for an ephemeral event.
  case fresh(Position?)
  /// The key was used before for the same event, which stands here.
  case duplicate(Position?, subscribers: Int)
}

/// What makes a repeated publish recognisable: the client's key, who sent it, and a digest of what was sent.
package struct IdempotencyKey: Sendable, Hashable {
  /// The longest key, in bytes.
  package static let maximumLength = 200

  /// As the client chose it.
  package let text: String
  /// The user, or nothing for the API keys together.
  package let principal: String
  /// SHA-256 over the event's name and data: the same key must not stand for another event.
  package let digest: [UInt8]

  package init(text: String, principal: String, digest: [UInt8]) {
    self.text = text
    self.principal = principal
    self.digest = digest
  }
}
