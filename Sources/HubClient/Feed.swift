import HubIO

/// What one iteration gets, on its way from the link. Touched on the reactor's thread, but for taking.
final class Feed: @unchecked Sendable {
  enum Kind {
    /// One room's events, and what is lost of them.
    case room
    /// All that happens to the connection and in the rooms.
    case everything
  }

  let kind: Kind
  /// The rooms it is still about.
  var rooms: Set<String>
  /// It was full, and its rooms were left until what it has is taken.
  private(set) var isHeld = false
  private var collected: [ClientEvent] = []
  /// While it is held, what is about no room would pile up: events are counted, and of the rest the newest is kept.
  private var missed = 0
  private var keptBack: (connected: ClientEvent?, state: ClientEvent?)
  private let mailbox: Mailbox<ClientEvent>
  private let end = Lock<ClientError?>(nil)

  init(_ kind: Kind, rooms: Set<String>, bufferedBytes: Int) {
    self.kind = kind
    self.rooms = rooms
    mailbox = Mailbox(limit: bufferedBytes)
  }

  /// Why it ended, where that is an error.
  var failure: ClientError? { end.withLock { $0 } }

  /// Notes an event, which ``deliver()`` brings.
  func collect(_ event: ClientEvent) {
    guard takes(event) else { return }
    if isHeld {
      switch event {
      case .event(let event) where event.room == nil:
        missed += 1
        return
      case .connected:
        keptBack.connected = event
        return
      case .state:
        keptBack.state = event
        return
      default: tellKeptBack()
      }
    }
    collected.append(event)
  }

  private func takes(_ event: ClientEvent) -> Bool {
    switch (kind, event) {
    case (.everything, _), (.room, .gap), (.room, .notRecovered): true
    // What was sent to the user is of no room.
    case (.room, .event(let event)): event.room != nil
    default: false
    }
  }

  func hold() {
    isHeld = true
  }

  /// It has room again.
  func release() {
    isHeld = false
    tellKeptBack()
  }

  private func tellKeptBack() {
    if missed > 0 { collected.append(.missed(missed)) }
    if let connected = keptBack.connected { collected.append(connected) }
    if let state = keptBack.state { collected.append(state) }
    missed = 0
    keptBack = (nil, nil)
  }

  /// - Returns: whether the consumer lags too far now.
  func deliver() -> Bool {
    if collected.isEmpty { return false }
    mailbox.put(collected, weight: collected.reduce(0) { $0 + $1.weight })
    collected = []
    return mailbox.isFull
  }

  var isFull: Bool { mailbox.isFull }

  /// Nothing more comes; what was collected still does.
  func finish(_ failure: ClientError? = nil) {
    release()
    _ = deliver()
    end.withLock { $0 = failure }
    mailbox.finish()
  }

  /// See ``Mailbox/take()``.
  func take() async -> (items: [ClientEvent], wasFull: Bool) { await mailbox.take() }
}
