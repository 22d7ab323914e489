package import HubIO
package import HubWire

/// One connection's membership in one room. Touched on the connection's reactor only; rooms pass it along unseen.
package final class Subscription: @unchecked Sendable {
  enum State {
    /// The room has been asked; its answer says where to begin.
    case joining
    /// Stands here, and waits for ``Fanout/release(_:)`` before anything is pushed.
    case held(Position)
    /// In the fan-out's list: events are pushed as they come.
    case live
    /// Has everything up to here; the rest is read from history when the outbox has room.
    case behind(Position)
    /// Has everything up to here, and the room has been asked for the next part.
    case reading(Position)
    case ended
  }

  package let room: RoomName
  package let connection: ConnectionID
  package let channel: Channel
  let encoding: SubscriptionEncoding
  var state = State.joining
  /// Nothing is pushed before ``Fanout/release(_:)``, not even what resuming replays.
  let isHeldBack: Bool
  /// The room has been asked to say when it has said everything.
  var isSettling = false
  /// The room as this reactor sees it; nil until the room has answered.
  var localRoom: LocalRoom?
  /// The place in the list of live members.
  var index = 0
  /// Called once, on the reactor's thread, when it is known where the subscription begins and before any event.
  var onStanding: ((Standing) -> Void)?
  /// Whoever waits for the room's answer.
  var waiter: UnsafeContinuation<Void, Never>?

  package init(
    room: RoomName, connection: ConnectionID, channel: Channel, encoding: SubscriptionEncoding,
    isHeldBack: Bool = false, onStanding: @escaping (Standing) -> Void
  ) {
    self.room = room
    self.connection = connection
    self.channel = channel
    self.encoding = encoding
    self.isHeldBack = isHeldBack
    self.onStanding = onStanding
  }

  /// It has left the live stream and wants ``Fanout/catchUp(_:)`` once its channel has drained.
  package var isBehind: Bool {
    if case .behind = state { true } else { false }
  }

  package var hasEnded: Bool {
    if case .ended = state { true } else { false }
  }

  func wakeWaiter() {
    guard let waiter else { return }
    self.waiter = nil
    waiter.resume()
  }
}
