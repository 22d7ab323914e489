package import HubWire

/// A room without its threads: where it stands, what it keeps, and on which reactors somebody listens. A pure value.
package struct RoomState {
  package let name: RoomName
  package private(set) var epoch: String
  /// What is kept in memory.
  package private(set) var history: History
  /// The oldest event that the engine can read, as far as is known: later it may be a newer one. Nil where memory is all
  /// there is.
  package private(set) var stored: UInt64?
  /// How many subscriptions each reactor has.
  package private(set) var subscriptions: [Int]
  package private(set) var subscriptionCount = 0
  /// What holds for it.
  package private(set) var rules: RoomRules
  /// Events whose predecessors the engine has taken but not answered yet.
  private var early: [UInt64: Event] = [:]

  /// How many events may wait for their predecessors; those beyond are read from the engine when their turn has come.
  private static let earlyLimit = 4096

  package init(name: RoomName, place: RoomPlace, reactors: Int, rules: RoomRules) {
    self.name = name
    self.rules = rules
    epoch = place.newest.epoch
    stored = place.oldest
    history = History(newest: place.newest.offset)
    subscriptions = Array(repeating: 0, count: reactors)
  }

  package var newest: Position { Position(epoch: epoch, offset: history.newest) }

  package var reach: Recovery.Reach {
    Recovery.Reach(epoch: epoch, oldest: min(history.oldest, stored ?? .max), newest: history.newest)
  }

  /// Nobody would notice if the room were gone.
  package var isDeserted: Bool { subscriptionCount == 0 && history.isEmpty && early.isEmpty }

  package func position(_ offset: UInt64) -> Position { Position(epoch: epoch, offset: offset) }

  // MARK: Events

  /// What becomes of an event that the engine has taken.
  package enum Arrival: Sendable, Equatable {
    /// It follows the newest, and is the newest now.
    case next
    /// Its turn comes when those before it have come.
    case early
    /// It has been here before.
    case known
  }

  /// Takes an event of this epoch in whatever order the engine's answers come.
  package mutating func append(_ event: Event) -> Arrival {
    if event.offset <= history.newest { return .known }
    guard event.offset == history.newest + 1 else {
      if early.count < Self.earlyLimit { early[event.offset] = event }
      return .early
    }
    history.append(event, rules: rules)
    return .next
  }

  /// The next event that came too early and whose turn has come.
  package mutating func appendEarly() -> Event? {
    guard !early.isEmpty, let event = early.removeValue(forKey: history.newest + 1) else { return nil }
    history.append(event, rules: rules)
    return event
  }

  /// The newest event that is known of, whether or not those before it have come.
  package var foremost: Position { position(max(history.newest, early.keys.max() ?? 0)) }

  /// An event waits for others.
  package var hasEarly: Bool { !early.isEmpty }

  /// Drops what is too old by now (milliseconds since 1970).
  package mutating func expire(at time: Int64) {
    history.expire(at: time, rules: rules)
  }

  /// From now on these hold.
  package mutating func adopt(_ rules: RoomRules) {
    self.rules = rules
    history.trim(rules)
  }

  package mutating func free(bytes: Int) {
    history.free(bytes: bytes)
  }

  // MARK: What the engine says

  /// The engine has told where the room stands there.
  package mutating func note(_ place: RoomPlace) {
    guard place.newest.epoch == epoch, let oldest = place.oldest else { return }
    stored = max(stored ?? oldest, oldest)
  }

  /// What came between the newest event and `offset` is lost to everybody: the room goes on after it.
  package mutating func skip(to offset: UInt64) {
    history = History(newest: offset)
    early = early.filter { $0.key > offset }
  }

  /// The engine has begun a new epoch: what the room knew is gone.
  package mutating func renew(_ place: RoomPlace) {
    epoch = place.newest.epoch
    stored = place.oldest
    history = History(newest: place.oldest.map { $0 - 1 } ?? place.newest.offset)
    early = [:]
  }

  // MARK: Subscriptions

  /// One more subscription on `reactor`: where it begins, and the first part of what it missed.
  ///
  /// - Parameter cold: what the engine has read after ``missing(after:)``.
  package mutating func attach(
    reactor: Int, after point: ResumePoint?, limit: ReadLimit, cold: [Event] = []
  ) -> Standing {
    subscriptions[reactor] += 1
    subscriptionCount += 1
    let beginning = beginning(after: point)
    let start = position(beginning.offset)
    return Standing(
      position: start, recovered: beginning.recovered, replay: replay(after: start, limit: limit, cold: cold),
      slow: rules.slow)
  }

  package mutating func detach(reactor: Int, count: Int = 1) {
    precondition(subscriptions[reactor] >= count, "more subscriptions left the room than joined it")
    subscriptions[reactor] -= count
    subscriptionCount -= count
  }

  // MARK: Reading

  /// The offset after which the engine must be asked before somebody can go on from `point`; nil where memory has all.
  package func missing(after point: ResumePoint?) -> UInt64? {
    missing(from: beginning(after: point).offset)
  }

  /// Whether `point` is none that the room has come past: it is of another epoch, or ahead.
  package func isBeyond(_ point: ResumePoint?) -> Bool {
    guard case .position(let position) = point else { return false }
    return position.epoch != epoch || position.offset > history.newest
  }

  private func beginning(after point: ResumePoint?) -> Recovery.Beginning {
    Recovery.begin(after: point, reach: reach, givesLast: rules.keepsLast)
  }

  /// The same for a subscriber that has everything up to `position`.
  package func missing(after position: Position) -> UInt64? {
    missing(from: Recovery.lost(after: position, reach: reach) ?? position.offset)
  }

  /// The same for a reader.
  package func missing(for query: PageQuery) -> UInt64? {
    missing(from: beginning(of: query).offset)
  }

  private func missing(from offset: UInt64) -> UInt64? {
    stored != nil && offset + 1 < history.oldest ? offset : nil
  }

  /// What a subscriber gets that has everything up to `position` and did not keep up, where such go on live at once:
  /// everything between is lost to it.
  package func leaveOut(after position: Position) -> Replay {
    let lost = position == newest ? nil : history.newest
    return Replay(lostThrough: lost, events: [], end: history.newest, newest: history.newest)
  }

  /// The next part for a subscriber that has everything up to `position`.
  package func replay(after position: Position, limit: ReadLimit, cold: [Event] = []) -> Replay {
    let lost = Recovery.lost(after: position, reach: reach)
    let start = lost ?? position.offset
    let events = events(after: start, limit: limit, cold: cold)
    return Replay(lostThrough: lost, events: events, end: events.last?.offset ?? start, newest: history.newest)
  }

  /// History as it is read over REST: after a point, or the last so many.
  package func page(_ query: PageQuery, limit: ReadLimit, cold: [Event] = []) -> Page {
    let beginning = beginning(of: query)
    let events = events(after: beginning.offset, limit: limit, cold: cold)
    let end = events.last?.offset ?? beginning.offset
    return Page(
      position: position(end), recovered: beginning.recovered ?? true, events: events, hasMore: end < history.newest)
  }

  private func beginning(of query: PageQuery) -> Recovery.Beginning {
    switch query {
    case .after(let point): return Recovery.begin(after: point, reach: reach)
    case .last(let count):
      let reach = reach
      let kept = reach.newest + 1 - reach.oldest
      return Recovery.Beginning(offset: reach.newest - min(UInt64(count), kept), recovered: true)
    }
  }

  /// From memory, or from what the engine has read and then from memory, as far as one follows the other.
  private func events(after offset: UInt64, limit: ReadLimit, cold: [Event]) -> [Event] {
    if offset + 1 >= history.oldest { return history.events(after: offset, limit: limit) }
    guard let first = cold.firstIndex(where: { $0.offset > offset }), cold[first].offset == offset + 1 else {
      return []
    }
    let events = Array(cold[first...])
    let rest = ReadLimit(
      events: limit.events - events.count, bytes: limit.bytes - events.reduce(0) { $0 + $1.frame.bytes.count })
    guard let last = events.last, rest.events > 0, rest.bytes > 0 else { return events }
    return events + history.events(after: last.offset, limit: rest)
  }
}

/// How a new subscription stands.
package struct Standing: Sendable {
  /// The point after which events follow.
  package let position: Position
  /// Whether resuming worked; nil where it was not asked for.
  package let recovered: Bool?
  package let replay: Replay
  /// What becomes of it when it does not keep up.
  package let slow: SlowPolicy
  /// Who is present, where the room tells.
  package var members: MembersPage?

  /// The room's newest position, where events up to it follow from history; nil where none do.
  package var newest: Position? {
    replay.newest > position.offset ? Position(epoch: position.epoch, offset: replay.newest) : nil
  }
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
  /// Who is present, for a subscriber that is live again with this part, where the room tells.
  package var members: MembersPage?

  /// Nothing is missing after this part: live events follow.
  package var isLast: Bool { end == newest }

  /// Whether a subscriber at `position` gets anywhere by it.
  package func leadsOn(from position: Position) -> Bool { isLast || lostThrough != nil || end > position.offset }
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
  /// Users who are present; 0 where presence is off.
  package let members: Int
  /// The newest event.
  package let position: Position
  /// The span of the history: how many events, from which offset, how many bytes of them are in memory, since when.
  package let events: Int
  package let oldest: UInt64
  package let bytes: Int
  package var oldestTime: Int64?
}
