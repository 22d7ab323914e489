package import HubWire

/// An event as it is handed in, before an engine has given it a place.
package struct NewEvent: Sendable {
  package var name: EventName
  package var data: EventData
  /// The `sub` of the token of whoever sent it.
  package var user: String?
  /// A connection that gets a `skip` frame instead.
  package var excluded: ConnectionID?
  /// Delivered to those who are live, and not kept.
  package var isEphemeral: Bool
  /// The `traceparent` of the call that caused it, where the hub is set to tell subscribers.
  package var trace: String?

  package init(
    name: EventName, data: EventData, user: String? = nil, excluded: ConnectionID? = nil, isEphemeral: Bool = false,
    trace: String? = nil
  ) {
    self.name = name
    self.data = data
    self.user = user
    self.excluded = excluded
    self.isEphemeral = isEphemeral
    self.trace = trace
  }
}

/// An event as it is kept and sent: encoded once, shared by history and by every outbox.
package struct Event: Sendable {
  /// Its place in the room's epoch; 0 for an ephemeral event, which has none.
  package let offset: UInt64
  /// Milliseconds since 1970, by the hub's clock.
  package let time: Int64
  package let name: EventName
  package let excluded: ConnectionID?
  /// The whole WebSocket frame; its payload is the JSON object that SSE and history show too.
  package let frame: EventFrame

  package var isEphemeral: Bool { offset == 0 }

  /// Encodes `new` for everybody.
  package init(_ new: NewEvent, room: RoomName, position: Position?, time: Int64) {
    offset = position?.offset ?? 0
    self.time = time
    name = new.name
    excluded = new.excluded
    frame = ServerMessage.eventFrame(
      room: room, position: position, name: new.name, data: new.data, time: time, user: new.user, trace: new.trace)
  }

  /// What keeping it costs: its bytes, and about what the bookkeeping around them takes.
  var cost: Int { frame.bytes.count + 128 }
}

/// What a publisher is told.
package struct Publication: Sendable, Equatable {
  /// Where the event stands; nil for an ephemeral one.
  package let position: Position?
  /// This node's subscriptions to the room at that time.
  package let subscribers: Int
  /// The same key was used before: nothing was published, and this is the first answer again.
  package let isDuplicate: Bool
  /// What became of the event instead, where the engine is away; nil where the engine has it.
  package let fallback: PublicationFallback?

  package init(
    position: Position?, subscribers: Int, isDuplicate: Bool, fallback: PublicationFallback? = nil
  ) {
    self.position = position
    self.subscribers = subscribers
    self.isDuplicate = isDuplicate
    self.fallback = fallback
  }

  /// What an engine's answer means to the publisher.
  init(_ appended: Appended, subscribers: Int) {
    switch appended {
    case .duplicate(let position, let first):
      self.init(position: position, subscribers: first, isDuplicate: true)
    case .fresh(let position): self.init(position: position, subscribers: subscribers, isDuplicate: false)
    case .queued: self.init(position: nil, subscribers: subscribers, isDuplicate: false, fallback: .queued)
    case .local: self.init(position: nil, subscribers: subscribers, isDuplicate: false, fallback: .local)
    }
  }
}

/// What becomes of an event while the engine is away.
package enum PublicationFallback: Sendable, Equatable {
  /// It waits on this node's disk.
  case queued
  /// This node's subscribers have it, and it is kept nowhere.
  case local
}
