package import HubIO
package import HubWire

/// The rooms whose home is one reactor: makes them at the first use, keeps their histories within the node's bound, and
/// lets them go when nobody would notice.
package actor Rooms {
  package nonisolated let reactor: Reactor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }

  let engine: any Engine
  private let streams: [DeliveryStream]
  private(set) var limits: RoomLimits
  /// Counts how often the rules have been replaced.
  private var rulesVersion = 0
  let desk: PresenceDesk
  private(set) var rooms: [RoomName: Room] = [:]
  /// Rooms that are being made.
  private(set) var openings: [RoomName: RoomOpening] = [:]
  /// The same rooms in a list, to look at a few at a time.
  private var roster: ContiguousArray<Room> = []
  private var sweepIndex = 0
  let tally = HistoryTally()
  package private(set) var statistics = RoomsStatistics()

  /// How many rooms are looked at in one sweep: bounded, so that a hundred thousand rooms do not stop a turn.
  static let roomsPerSweep = 2000
  private static let sweepInterval = Duration.seconds(1)

  init(
    reactor: Reactor, engine: any Engine, streams: [DeliveryStream], limits: RoomLimits, node: String,
    watcher: (any RoomWatcher)?
  ) {
    desk = PresenceDesk(limits: limits.presence, node: node, watcher: watcher)
    self.reactor = reactor
    self.engine = engine
    self.streams = streams
    self.limits = limits
  }

  /// Begins to sweep. Called once, on the reactor's thread.
  func start() {
    Task.immediate(executorPreference: reactor) {
      while !Task.isCancelled {
        await self.reactor.sleep(for: Self.sweepInterval)
        self.sweep()
      }
    }
  }

  // MARK: What rooms do

  /// Publishes into one room, in the given order; one answer for each.
  package func publish(
    _ batch: [Submission], to name: RoomName, received: Moment
  ) async -> [Result<Publication, HubError>] {
    let now = publishNow(batch, to: name, received: received)
    if now.count == batch.count { return now }
    let rest = now.isEmpty ? batch : Array(batch[now.count...])
    if engine.isShared, rooms[name] == nil { return now + (await publishUnopened(rest, to: name)) }
    let room: Room
    do throws(HubError) {
      room = try await hold(name)
    } catch {
      return now + rest.map { _ in .failure(error) }
    }
    let results = await room.publish(rest, received: received)
    release(room)
    for case .success(let publication) in results { note(publication) }
    return now.isEmpty ? results : now + results
  }

  /// As many of the first as can be published without waiting. None after one that cannot: it would be overtaken.
  private func publishNow(
    _ batch: [Submission], to name: RoomName, received: Moment
  ) -> [Result<Publication, HubError>] {
    var results: [Result<Publication, HubError>] = []
    for submission in batch {
      switch publishNow(submission.event, to: name, key: submission.key, received: received) {
      case .success(nil): return results
      case .success(let publication?): results.append(.success(publication))
      case .failure(let error): results.append(.failure(error))
      }
    }
    return results
  }

  /// One event without waiting; nil, and nothing done, where the room is not open or the engine cannot answer at once.
  package func publishNow(
    _ event: NewEvent, to name: RoomName, key: IdempotencyKey?, received: Moment
  ) -> Result<Publication?, HubError> {
    guard engine.answersAtOnce || event.isEphemeral, let room = openRoom(name) else { return .success(nil) }
    let result = room.assumeIsolated { room in
      Result { () throws(HubError) in try room.publishNow(event, key: key, received: received) }
    }
    if case .success(let publication?) = result { note(publication) }
    return result
  }

  func note(_ publication: Publication) {
    if !publication.isDuplicate, publication.fallback == nil { statistics.events += 1 }
    if tally.bytes > limits.historyPerReactor { freeHistory() }
  }

  func attach(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit
  ) async throws(HubError) {
    // Found and attached to in one step, where it can be: nothing comes in between that would have to be kept away.
    if try attachNow(subscription, reactor: index, after: point, limit: limit) { return }
    let room = try await use(subscription.room)
    defer { release(room) }
    try await room.attach(subscription, reactor: index, after: point, limit: limit)
  }

  /// The same without waiting; false, and nothing done, where the room is not open or the engine must be asked.
  func attachNow(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit
  ) throws(HubError) -> Bool {
    guard let room = openRoom(subscription.room) else { return false }
    return try room.assumeIsolated { room in
      Result { () throws(HubError) in
        try room.attachNow(subscription, reactor: index, after: point, limit: limit)
      }
    }.get()
  }

  func detach(_ name: RoomName, reactor index: Int, count: Int, leaving presences: [Presence]) {
    rooms[name]?.assumeIsolated { $0.detach(reactor: index, count: count, leaving: presences) }
  }

  func replay(
    _ subscription: Subscription, reactor index: Int, after position: Position, leavingOut: Bool, limit: ReadLimit
  ) {
    rooms[subscription.room]?.assumeIsolated {
      $0.replay(subscription, reactor: index, after: position, leavingOut: leavingOut, limit: limit)
    }
  }

  /// - Returns: whether the room is there to answer.
  func settle(_ subscription: Subscription, reactor index: Int) -> Bool {
    guard let room = rooms[subscription.room] else { return false }
    room.assumeIsolated { $0.settle(subscription, reactor: index) }
    return true
  }

  /// A part of the room's history; an unknown room has none, and a position from which one can subscribe.
  package func page(_ name: RoomName, _ query: PageQuery, limit: ReadLimit) async throws(HubError) -> Page {
    let room = try await use(name)
    defer { release(room) }
    return try await room.page(query, limit: limit)
  }

  package func summary(_ name: RoomName) async throws(HubError) -> RoomSummary {
    let room = try await use(name)
    defer { release(room) }
    return try await room.fullSummary()
  }

  /// Unsubscribes everybody and drops the room's history: what comes next begins a new epoch.
  ///
  /// - Throws: what the engine says; then it may or may not have been done, and can be tried again.
  package func delete(_ name: RoomName) async throws(HubError) {
    // An engine that nodes share tells all of them, this one too.
    if engine.isShared {
      _ = try await engine.drop(name, at: reactor.now)
      return
    }
    let room = try await hold(name)
    defer { release(room) }
    try await room.delete()
  }

  /// The rooms whose names begin with `prefix` and come after `cursor`, in order, `limit` at most.
  package func summaries(prefix: String, after cursor: String?, limit: Int) -> [RoomSummary] {
    let names = rooms.keys.map(\.text).filter { $0.hasPrefix(prefix) && $0 > (cursor ?? "") }.sorted()
    var result: [RoomSummary] = []
    for name in names {
      if result.count == limit { break }
      guard let name = try? RoomName(name), let room = rooms[name] else { continue }
      let summary = room.assumeIsolated { $0.summary }
      if summary.subscribers > 0 || summary.members > 0 { result.append(summary) }
    }
    return result
  }

  /// How the room stands here; nil where it is not open. Nothing is asked of the engine.
  package func standing(of name: RoomName) -> RoomSummary? { rooms[name]?.assumeIsolated { $0.summary } }

  package var count: Int { rooms.count }
  package var historyBytes: Int { tally.bytes }

  // MARK: Coming and going

  /// The room, which no sweep lets go of before ``release(_:)``.
  ///
  /// It is found and held in one step. For a task that prefers another reactor, each return to this actor is a real
  /// suspension, even from a method of its own; a sweep in between would let go of the room, and a subscriber or an event
  /// would be taken in by one that nobody finds any more.
  private func hold(_ name: RoomName) async throws(HubError) -> Room {
    while true {
      if let room = openRoom(name) {
        change(room, holds: 1)
        return room
      }
      try await open(name)
    }
  }

  /// The same for more than an event on its way through: from here on it counts how long nobody uses the room.
  func use(_ name: RoomName) async throws(HubError) -> Room {
    let room = try await hold(name)
    noteUse(room)
    return room
  }

  private func noteUse(_ room: Room) {
    room.assumeIsolated { $0.noteUse() }
  }

  /// The room, if it is open, with the rules that are in force.
  private func openRoom(_ name: RoomName) -> Room? {
    guard let room = rooms[name] else { return nil }
    adoptRules(room)
    return room
  }

  func release(_ room: Room) {
    change(room, holds: -1)
  }

  private func change(_ room: Room, holds: Int) {
    room.assumeIsolated { $0.holds += holds }
  }

  /// Makes the room, or waits for whoever is making it.
  private func open(_ name: RoomName) async throws(HubError) {
    // Somebody may have been first, on the way here.
    if rooms[name] != nil { return }
    if let opening = openings[name] { return try await opening.end() }
    guard roster.count + openings.count < limits.roomsPerReactor else {
      throw HubError(.tooManyRooms, "the node holds its limit of rooms (`rooms`)")
    }
    let opening = RoomOpening()
    openings[name] = opening
    do throws(HubError) {
      let room = try await make(name, opening)
      rooms[name] = room
      roster.append(room)
      openings[name] = nil
      opening.finish(nil)
    } catch {
      openings[name] = nil
      opening.finish(error)
      throw error
    }
  }

  private func make(_ name: RoomName, _ opening: RoomOpening) async throws(HubError) -> Room {
    let place = try await engine.open(name, at: reactor.now)
    let room = Room(
      state: RoomState(name: name, place: place, reactors: streams.count, rules: limits.rules(name)),
      rulesVersion: rulesVersion, reactor: reactor, engine: engine, streams: streams, tally: tally, desk: desk)
    guard engine.isShared else { return room }
    do throws(HubError) {
      opening.made(room)
      try await room.beginShared()
    } catch {
      close(room, name)
      throw error
    }
    return room
  }

  private func close(_ room: Room, _ name: RoomName) {
    room.assumeIsolated { $0.close() }
    engine.close(name, at: reactor.now)
  }

  // MARK: Rules

  /// Other rules are in force: each room takes them when it is used next, or looked at by ``sweep()``.
  package func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules) {
    limits.rules = rules
    rulesVersion += 1
  }

  private func adoptRules(_ room: Room) {
    let version = rulesVersion
    // Most hubs never reload: their rooms have the first rules.
    if version == 0 { return }
    if room.assumeIsolated({ $0.rulesVersion == version }) { return }
    let rules = limits.rules
    room.assumeIsolated { $0.adopt(rules($0.state.name), version: version) }
  }

  // MARK: Housekeeping

  /// Looks at the next rooms: drops what is too old, and lets go of those that are deserted.
  func sweep() {
    var looked = 0
    while looked < min(Self.roomsPerSweep, roster.count) {
      looked += 1
      if sweepIndex >= roster.count { sweepIndex = 0 }
      let room = roster[sweepIndex]
      adoptRules(room)
      let linger = limits.linger
      let isDeserted = room.assumeIsolated { room in
        room.expire()
        room.tickPresence()
        room.compareSoon()
        return room.isShared ? room.isIdle(for: linger) : room.isDeserted
      }
      if isDeserted { letGo(sweepIndex) } else { sweepIndex += 1 }
    }
  }

  private func letGo(_ index: Int) {
    let room = roster[index]
    let name = room.assumeIsolated { $0.state.name }
    rooms[name] = nil
    roster.swapAt(index, roster.count - 1)
    roster.removeLast()
    close(room, name)
  }

  /// Makes space: of a few rooms picked at random, the one whose history reaches back furthest loses its oldest quarter.
  private func freeHistory() {
    var tries = 0
    while tally.bytes > limits.historyPerReactor, tries < Self.freeTries, !roster.isEmpty {
      tries += 1
      let sample = (0..<Self.freeSample).map { _ in roster[Int.random(in: roster.indices)] }
      let aged = sample.compactMap { room in room.assumeIsolated { $0.age }.map { (room, $0) } }
      guard let (room, _) = aged.min(by: { $0.1 < $1.1 }) else { continue }
      room.assumeIsolated { $0.freeHistory() }
      statistics.historyEvictions += 1
    }
  }

  private static let freeTries = 64
  private static let freeSample = 8
}
