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
    /// The same, but what came after is left out: it did not keep up.
    case late(Position)
    /// Has everything up to here, and the room has been asked for the next part.
    case reading(Position)
    case ended
  }

  package let room: RoomName
  package let connection: ConnectionID
  package let channel: Channel
  package let encoding: SubscriptionEncoding
  /// What the room is told about the user; nil where the subscriber does not want to be seen.
  let presence: Presence?
  var state = State.joining
  /// Nothing is pushed before ``Fanout/release(_:)``, not even what resuming replays.
  let isHeldBack: Bool
  /// The server has chosen the room, whatever the client's token allows.
  package let isAssigned: Bool
  /// The room has been asked to say when it has said everything.
  var isSettling = false
  /// The room as this reactor sees it; nil until the room has answered.
  var localRoom: LocalRoom?
  /// The place in the list of live members, or in that of the others.
  var index = 0
  /// Called once, on the reactor's thread, when it is known where the subscription begins and before any event.
  var onStanding: ((Standing) -> Void)?
  /// Whoever waits for the room's answer.
  var waiters: [UnsafeContinuation<Void, Never>] = []

  package init(
    room: RoomName, connection: ConnectionID, channel: Channel, encoding: SubscriptionEncoding,
    presence: Presence? = nil, isHeldBack: Bool = false, isAssigned: Bool = false,
    onStanding: @escaping (Standing) -> Void
  ) {
    self.room = room
    self.connection = connection
    self.channel = channel
    self.encoding = encoding
    self.presence = presence
    self.isHeldBack = isHeldBack
    self.isAssigned = isAssigned
    self.onStanding = onStanding
  }

  /// It has left the live stream and wants ``Fanout/catchUp(_:)`` once its channel has drained.
  package var isBehind: Bool {
    switch state {
    case .behind, .late: true
    case .joining, .held, .live, .reading, .ended: false
    }
  }

  /// The room tells others of its user.
  package var isPresent: Bool { presence?.hasLeft == false }

  /// What the room must be told of when it ends.
  var presences: [Presence] { presence.map { [$0] } ?? [] }

  package var hasEnded: Bool {
    if case .ended = state { true } else { false }
  }

  /// Whoever waits looks again.
  func wakeWaiters() {
    if waiters.isEmpty { return }
    let woken = waiters
    waiters = []
    for waiter in woken { waiter.resume() }
  }
}
