package import HubIO
package import HubWire

/// Takes what rooms tell one reactor and pushes it into the outboxes of the members there.
///
/// It reads one stream. What arrives in one turn is joined per room and pushed at the end of the turn, one reference and
/// one send per member (``FlushTarget``). Its methods for sessions are synchronous on the reactor.
package actor Fanout {
  package nonisolated let reactor: Reactor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated let stream: DeliveryStream

  private let outboxLimit: OutboxLimit
  private let replayLimit: ReadLimit
  private var rooms: [ObjectIdentifier: LocalRoom] = [:]
  private var bursting: ContiguousArray<LocalRoom> = []
  private var taken: ContiguousArray<AddressedDelivery> = []
  /// The way back to rooms, for those who left or want more.
  private(set) var directory: RoomDirectory?
  let roll = PresenceRoll()
  let lease: Duration
  package private(set) var statistics = FanoutStatistics()

  init(reactor: Reactor, outboxLimit: OutboxLimit, bound: DeliveryStream.Bound, lease: Duration) {
    self.lease = lease
    self.reactor = reactor
    self.outboxLimit = outboxLimit
    replayLimit = ReadLimit(events: max(1, outboxLimit.frames / 2), bytes: max(1, outboxLimit.bytes / 2))
    stream = DeliveryStream(bound: bound)
  }

  /// Begins to read the stream. Called once, on the reactor's thread.
  func start(directory: RoomDirectory) {
    self.directory = directory
    reactor.flushTarget = self
    Task.immediate(executorPreference: reactor) { await self.run() }
  }

  private func run() async {
    for await _ in stream.batches { deliver() }
  }

  private func deliver() {
    var deliveries = taken
    taken = []
    stream.take(&deliveries)
    for item in deliveries { deliver(item) }
    deliveries.removeAll(keepingCapacity: deliveries.capacity <= 1024)
    taken = deliveries
  }

  private func deliver(_ item: AddressedDelivery) {
    switch item.delivery {
    case .event(let event, let published):
      if let room = rooms[item.room] { collect(event, published, in: room) }
    case .attached(let subscription, let standing): attached(subscription, standing, to: item.room)
    case .replay(let subscription, let replay): replayed(replay, to: subscription, in: item.room)
    case .settled(let subscription):
      if let room = rooms[item.room] { sendBurst(of: room) }
      subscription.isSettling = false
      subscription.wakeWaiters()
    case .renewed(let position): if let room = rooms[item.room] { renewed(room, at: position) }
    case .members(let page): if let room = rooms[item.room] { tellMembers(page, in: room) }
    case .deleted: if let room = rooms[item.room] { deleted(room) }
    case .slow(let policy): rooms[item.room]?.slow = policy
    case .behind(let offset):
      guard let room = rooms[item.room] else { return }
      sendBurst(of: room)
      statistics.streamOverflows += 1
      wait(room.leaveLive(after: offset))
    }
  }

  // MARK: Live events

  private func collect(_ event: Event, _ published: Moment, in room: LocalRoom) {
    reactor.callAroundFlush()
    // What has no place in history is not there to be read later.
    if event.isEphemeral, !event.isMembership {
      statistics.ephemeralMissed += UInt64(room.subscriptions - room.liveCount)
    }
    if room.holds(excludedBy: event) {
      sendBurst(of: room)
      return dismiss(room.sendExcluding(event, published: published, &statistics), from: room)
    }
    if !room.hasBurst { bursting.append(room) }
    if room.collect(event, published: published) { sendBurst(of: room) }
  }

  func sendBurst(of room: LocalRoom) {
    dismiss(room.send(&statistics), from: room)
  }

  fileprivate func sendBursts() {
    guard !bursting.isEmpty else { return }
    for room in bursting { sendBurst(of: room) }
    bursting.removeAll(keepingCapacity: true)
  }

  fileprivate func noteFlushed() {
    if !statistics.waiting.isEmpty { statistics.flushed(at: reactor.kernel.now()) }
  }

  /// Subscriptions that did not keep up.
  func dismiss(_ subscriptions: [Subscription], from room: LocalRoom) {
    guard !subscriptions.isEmpty, room.slow == .close else { return wait(subscriptions) }
    statistics.overflows += UInt64(subscriptions.count)
    end(
      subscriptions, in: room,
      HubError(
        .slowConsumer,
        "the connection does not keep up with the room \"\(room.name.text)\", which closes those that do not (`slow`)"))
  }

  private func wait(_ subscriptions: [Subscription]) {
    statistics.overflows += UInt64(subscriptions.count)
    for subscription in subscriptions { wakeWriter(of: subscription) }
  }

  /// Somebody must read on from history once the outbox has drained.
  private func wakeWriter(of subscription: Subscription) {
    subscription.channel.owner?.channelBlocked(subscription.channel)
  }

  // MARK: Answers

  private func attached(_ subscription: Subscription, _ standing: Standing, to id: ObjectIdentifier) {
    guard !subscription.hasEnded else { return detach(subscription.room, leaving: subscription.presences) }
    let room =
      rooms[id]
      ?? LocalRoom(
        id: id, name: subscription.room, epoch: standing.position.epoch, limit: outboxLimit, slow: standing.slow)
    rooms[id] = room
    room.add(subscription)
    subscription.localRoom = room
    statistics.subscriptions += 1
    keepPresent(subscription)
    subscription.state = .reading(standing.position)
    if let tell = subscription.onStanding {
      subscription.onStanding = nil
      tell(standing)
    }
    guard subscription.isHeldBack else { return replayed(standing.replay, to: subscription, in: id) }
    subscription.state = .held(standing.position)
    subscription.wakeWaiters()
  }

  private func replayed(_ replay: Replay?, to subscription: Subscription, in id: ObjectIdentifier) {
    guard case .reading(let position) = subscription.state, let room = rooms[id] else { return }
    defer { subscription.wakeWaiters() }
    guard let replay else {
      subscription.state = .behind(position)
      return wakeWriter(of: subscription)
    }
    sendBurst(of: room)
    if let lost = replay.lostThrough { tellGap(subscription, room, from: position, through: lost) }
    var bytes: [UInt8] = []
    for event in replay.events { bytes += room.event(event, as: subscription.encoding, for: subscription.connection) }
    statistics.replayed += UInt64(replay.events.count)
    subscription.channel.push(bytes, frames: replay.events.count)
    if replay.isLast {
      if let page = replay.members { tellMembers(page, to: subscription, in: room) }
      room.join(subscription, at: replay.end)
    } else {
      subscription.state = .behind(Position(epoch: room.epoch, offset: replay.end))
      wakeWriter(of: subscription)
    }
  }

  private func tellGap(_ subscription: Subscription, _ room: LocalRoom, from start: Position, through lost: UInt64) {
    statistics.gaps += 1
    let end = Position(epoch: room.epoch, offset: lost)
    let json = ServerMessage.encodeGap(room: room.name, from: start, position: end)
    subscription.channel.push(subscription.encoding.control("gap", json, at: end))
  }

  /// The room goes on in a new epoch: whoever is live misses what may have been in between. The others are told when they
  /// read on.
  private func renewed(_ room: LocalRoom, at position: Position) {
    sendBurst(of: room)
    let end = room.newest
    room.renew(at: position)
    for subscription in room.live { tellGap(subscription, room, from: end, through: position.offset) }
  }

  /// Nobody is subscribed any more to what the room was.
  private func deleted(_ room: LocalRoom) {
    sendBurst(of: room)
    end(room.all, in: room, HubError(.notFound, "the room \"\(room.name.text)\" was deleted"))
  }

  /// Takes subscriptions out that have not asked for it.
  private func end(_ subscriptions: [Subscription], in room: LocalRoom, _ error: HubError) {
    for subscription in subscriptions { takeOut(subscription, of: room) }
    detach(room.name, count: subscriptions.count, leaving: subscriptions.flatMap(\.presences))
    // An owner may end others of its subscriptions, but none of these.
    for subscription in subscriptions {
      (subscription.channel.owner as? any SubscriptionOwner)?.subscriptionEnded(subscription, error)
    }
  }

  // MARK: For sessions, on this reactor

  /// Asks the room to take in `subscription`, which is told through its `onStanding`.
  /// - Throws: what the room's engine says.
  package func attach(_ subscription: Subscription, after point: ResumePoint?) async throws(HubError) {
    guard let directory else { throw HubError(.internal, "the fan-out has not started") }
    let home = directory.home(of: subscription.room)
    do throws(HubError) {
      if home.reactor === reactor, try attachNow(subscription, to: home, after: point) { return }
      try await home.attach(subscription, reactor: reactor.index, after: point, limit: replayLimit)
    } catch {
      end(subscription)
      throw error
    }
  }

  /// The same without waiting, where the room's home is this reactor; false where that cannot be.
  private func attachNow(
    _ subscription: Subscription, to home: Rooms, after point: ResumePoint?
  ) throws(HubError) -> Bool {
    let (index, limit) = (reactor.index, replayLimit)
    return try home.assumeIsolated { home in
      Result { () throws(HubError) in
        try home.attachNow(subscription, reactor: index, after: point, limit: limit)
      }
    }.get()
  }

  /// Reads the next part from history for a subscription that has fallen behind, and returns when it has been pushed.
  package func catchUp(_ subscription: Subscription) async {
    let (position, isLate): (Position, Bool)
    switch subscription.state {
    case .behind(let reached): (position, isLate) = (reached, false)
    case .late(let reached): (position, isLate) = (reached, true)
    case .joining, .held, .live, .reading, .ended: return
    }
    guard let directory else { return }
    subscription.state = .reading(position)
    await directory.home(of: subscription.room)
      .replay(subscription, reactor: reactor.index, after: position, leavingOut: isLate, limit: replayLimit)
    while case .reading = subscription.state { await withUnsafeContinuation { subscription.waiters.append($0) } }
  }

  /// Returns when the room has answered a subscription that is held back, or it has ended.
  package func waitStanding(_ subscription: Subscription) async {
    // Looked at where the wait begins: for a task of another reactor the answer may come on the way there.
    await withUnsafeContinuation { waiter in
      if case .joining = subscription.state { subscription.waiters.append(waiter) } else { waiter.resume() }
    }
  }

  /// Lets a subscription that was held back go on, from history.
  package func release(_ subscription: Subscription) {
    guard case .held(let position) = subscription.state else { return }
    subscription.state = .behind(position)
    wakeWriter(of: subscription)
  }

  /// Returns when everything that the room had taken at the time of the call has been pushed to a live subscription.
  package func settle(_ subscription: Subscription) async {
    guard case .live = subscription.state, let directory else { return }
    subscription.isSettling = true
    let isComing = await directory.home(of: subscription.room).settle(subscription, reactor: reactor.index)
    while isComing, subscription.isSettling, !subscription.hasEnded {
      await withUnsafeContinuation { subscription.waiters.append($0) }
    }
  }

  /// Takes the subscription out. Events pushed before stay in the outbox; none follow.
  package func leave(_ subscription: Subscription) {
    guard !subscription.hasEnded else { return }
    // Where the room's answer is still under way, its arrival finds the end and takes the subscription out of the room.
    if let room = subscription.localRoom {
      takeOut(subscription, of: room)
      detach(room.name, leaving: subscription.presences)
    } else {
      end(subscription)
    }
  }

  private func takeOut(_ subscription: Subscription, of room: LocalRoom) {
    room.remove(subscription)
    if room.subscriptions == 0 { rooms[room.id] = nil }
    statistics.subscriptions -= 1
    end(subscription)
  }

  private func end(_ subscription: Subscription) {
    endPresence(of: subscription)
    subscription.state = .ended
    subscription.onStanding = nil
    subscription.wakeWaiters()
  }

  /// Tells the room that so many subscriptions are gone from here, and with them whom they brought.
  private func detach(_ name: RoomName, count: Int = 1, leaving presences: [Presence]) {
    guard let home = directory?.home(of: name) else { return }
    let index = reactor.index
    Task(executorPreference: home.reactor) {
      await home.detach(name, reactor: index, count: count, leaving: presences)
    }
  }
}

extension Fanout: FlushTarget {
  package nonisolated func willFlush() {
    assumeIsolated { $0.sendBursts() }
  }

  package nonisolated func didFlush() {
    assumeIsolated { $0.noteFlushed() }
  }
}
