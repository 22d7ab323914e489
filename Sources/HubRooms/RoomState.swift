package import HubWire

/// A room without its threads: where it stands, what it keeps, and on which reactors somebody listens. A pure value.
package struct RoomState {
  package let name: RoomName
  package let epoch: String
  package private(set) var history: History
  /// How many subscriptions each reactor has.
  package private(set) var subscriptions: [Int]
  package private(set) var subscriptionCount = 0
  package let limit: HistoryLimit
  /// Events whose predecessors the engine has taken but not answered yet.
  private var early: [UInt64: Event] = [:]

  package init(name: RoomName, position: Position, reactors: Int, limit: HistoryLimit) {
    self.name = name
    self.limit = limit
    epoch = position.epoch
    history = History(newest: position.offset)
    subscriptions = Array(repeating: 0, count: reactors)
  }

  package var newest: Position { Position(epoch: epoch, offset: history.newest) }

  package var reach: Recovery.Reach {
    Recovery.Reach(epoch: epoch, oldest: history.oldest, newest: history.newest)
  }

  /// Nobody would notice if the room were gone.
  package var isDeserted: Bool { subscriptionCount == 0 && history.isEmpty }

  package func position(_ offset: UInt64) -> Position { Position(epoch: epoch, offset: offset) }

  /// Takes an event in whatever order the engine's answers come.
  /// - Returns: whether its turn has come; else it waits for ``appendEarly()``.
  package mutating func append(_ event: Event) -> Bool {
    guard event.offset == history.newest + 1 else {
      early[event.offset] = event
      return false
    }
    history.append(event, limit: limit)
    return true
  }

  /// The next event that came too early and whose turn has come.
  package mutating func appendEarly() -> Event? {
    guard !early.isEmpty, let event = early.removeValue(forKey: history.newest + 1) else { return nil }
    history.append(event, limit: limit)
    return event
  }

  /// Drops what is too old by now (milliseconds since 1970).
  package mutating func expire(at time: Int64) {
    history.expire(before: time - limit.age)
  }

  package mutating func free(bytes: Int) {
    history.free(bytes: bytes)
  }

  /// One more subscription on `reactor`: where it begins, and the first part of what it missed.
  package mutating func attach(reactor: Int, after point: ResumePoint?, limit: ReadLimit) -> Standing {
    subscriptions[reactor] += 1
    subscriptionCount += 1
    let beginning = Recovery.begin(after: point, reach: reach)
    return Standing(
      position: position(beginning.offset), recovered: beginning.recovered,
      replay: replay(after: beginning.offset, limit: limit))
  }

  package mutating func detach(reactor: Int) {
    precondition(subscriptions[reactor] > 0, "more subscriptions left the room than joined it")
    subscriptions[reactor] -= 1
    subscriptionCount -= 1
  }

  /// The next part for a subscriber that has everything up to `offset`.
  package func replay(after offset: UInt64, limit: ReadLimit) -> Replay {
    let lost = Recovery.lost(after: offset, reach: reach)
    let start = lost ?? offset
    let events = history.events(after: start, limit: limit)
    return Replay(lostThrough: lost, events: events, end: events.last?.offset ?? start, newest: history.newest)
  }

  /// History as it is read over REST: after a point, or the last so many.
  package func page(_ query: PageQuery, limit: ReadLimit) -> Page {
    let beginning: Recovery.Beginning
    switch query {
    case .after(let point): beginning = Recovery.begin(after: point, reach: reach)
    case .last(let count):
      let start = history.newest - min(UInt64(count), UInt64(history.count))
      beginning = Recovery.Beginning(offset: start, recovered: true)
    }
    let events = history.events(after: beginning.offset, limit: limit)
    let end = events.last?.offset ?? beginning.offset
    return Page(
      position: position(end), recovered: beginning.recovered ?? true, events: events, hasMore: end < history.newest)
  }
}

/// How a new subscription stands.
package struct Standing: Sendable {
  /// The point after which events follow.
  package let position: Position
  /// Whether resuming worked; nil where it was not asked for.
  package let recovered: Bool?
  package let replay: Replay
}

/// A part of a room's history on its way to one subscriber.
package struct Replay: Sendable {
  /// Events up to this offset are lost to the subscriber, who is told so.
  package let lostThrough: UInt64?
  package let events: [Event]
  /// The subscriber has everything up to here after this part.
  package let end: UInt64
  /// The room's newest offset when this part was read.
  package let newest: UInt64

  /// Nothing is missing after this part: live events follow.
  package var isLast: Bool { end == newest }
}

/// Which part of the history a reader wants.
package enum PageQuery: Sendable {
  case after(ResumePoint)
  case last(Int)
}

/// A part of a room's history on its way to a reader.
package struct Page: Sendable {
  /// Where to read on.
  package let position: Position
  package let recovered: Bool
  package let events: [Event]
  package let hasMore: Bool
}

/// What a room tells about itself.
package struct RoomSummary: Sendable {
  package let name: RoomName
  package let subscribers: Int
  /// The newest event.
  package let position: Position
  /// The span of the history: how many events, from which offset, how many bytes, since when.
  package let events: Int
  package let oldest: UInt64
  package let bytes: Int
  package let oldestTime: Int64?
}
