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
  private var directory: RoomDirectory?
  package private(set) var statistics = FanoutStatistics()

  init(reactor: Reactor, outboxLimit: OutboxLimit, bound: DeliveryStream.Bound) {
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
      subscription.wakeWaiter()
    case .renewed(let position): if let room = rooms[item.room] { renewed(room, at: position) }
    case .behind(let offset):
      guard let room = rooms[item.room] else { return }
      sendBurst(of: room)
      statistics.streamOverflows += 1
      fallBehind(room.leaveLive(after: offset))
    }
  }

  // MARK: Live events

  private func collect(_ event: Event, _ published: Moment, in room: LocalRoom) {
    reactor.callAroundFlush()
    // What has no place in history is not there to be read later.
    if event.isEphemeral { statistics.ephemeralMissed += UInt64(room.subscriptions - room.liveCount) }
    if room.holds(excludedBy: event) {
      sendBurst(of: room)
      return fallBehind(room.sendExcluding(event, published: published, &statistics))
    }
    if !room.hasBurst { bursting.append(room) }
    if room.collect(event, published: published) { sendBurst(of: room) }
  }

  private func sendBurst(of room: LocalRoom) {
    fallBehind(room.send(&statistics))
  }

  fileprivate func sendBursts() {
    guard !bursting.isEmpty else { return }
    for room in bursting { sendBurst(of: room) }
    bursting.removeAll(keepingCapacity: true)
  }

  fileprivate func noteFlushed() {
    if !statistics.waiting.isEmpty { statistics.flushed(at: reactor.kernel.now()) }
  }

  private func fallBehind(_ subscriptions: [Subscription]) {
    statistics.overflows += UInt64(subscriptions.count)
    for subscription in subscriptions { wakeWriter(of: subscription) }
  }

  /// Somebody must read on from history once the outbox has drained.
  private func wakeWriter(of subscription: Subscription) {
    subscription.channel.owner?.channelBlocked(subscription.channel)
  }

  // MARK: Answers

  private func attached(_ subscription: Subscription, _ standing: Standing, to id: ObjectIdentifier) {
    guard !subscription.hasEnded else { return detach(subscription) }
    let room =
      rooms[id] ?? LocalRoom(id: id, name: subscription.room, epoch: standing.position.epoch, limit: outboxLimit)
    rooms[id] = room
    room.subscriptions += 1
    subscription.localRoom = room
    statistics.subscriptions += 1
    subscription.state = .reading(standing.position)
    if let tell = subscription.onStanding {
      subscription.onStanding = nil
      tell(standing)
    }
    guard subscription.isHeldBack else { return replayed(standing.replay, to: subscription, in: id) }
    subscription.state = .held(standing.position)
    subscription.wakeWaiter()
  }

  private func replayed(_ replay: Replay?, to subscription: Subscription, in id: ObjectIdentifier) {
    guard case .reading(let position) = subscription.state, let room = rooms[id] else { return }
    defer { subscription.wakeWaiter() }
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

  // MARK: For sessions, on this reactor

  /// Asks the room to take in `subscription`, which is told through its `onStanding`.
  /// - Throws: what the room's engine says.
  package func attach(_ subscription: Subscription, after point: ResumePoint?) async throws(HubError) {
    guard let directory else { throw HubError(.internal, "the fan-out has not started") }
    do throws(HubError) {
      try await directory.home(of: subscription.room)
        .attach(subscription, reactor: reactor.index, after: point, limit: replayLimit)
    } catch {
      subscription.state = .ended
      throw error
    }
  }

  /// Reads the next part from history for a subscription that has fallen behind, and returns when it has been pushed.
  package func catchUp(_ subscription: Subscription) async {
    guard case .behind(let position) = subscription.state, let directory else { return }
    subscription.state = .reading(position)
    await directory.home(of: subscription.room)
      .replay(subscription, reactor: reactor.index, after: position, limit: replayLimit)
    guard case .reading = subscription.state else { return }
    await withUnsafeContinuation { subscription.waiter = $0 }
  }

  /// Returns when the room has answered a subscription that is held back, or it has ended.
  package func waitStanding(_ subscription: Subscription) async {
    if case .joining = subscription.state { await withUnsafeContinuation { subscription.waiter = $0 } }
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
    guard isComing, subscription.isSettling, !subscription.hasEnded else { return }
    await withUnsafeContinuation { subscription.waiter = $0 }
  }

  /// Takes the subscription out. Events pushed before stay in the outbox; none follow.
  package func leave(_ subscription: Subscription) {
    guard !subscription.hasEnded else { return }
    // Where the room's answer is still under way, its arrival finds the end and takes the subscription out of the room.
    if let room = subscription.localRoom {
      if case .live = subscription.state { room.leave(subscription) }
      room.subscriptions -= 1
      if room.subscriptions == 0 { rooms[room.id] = nil }
      statistics.subscriptions -= 1
      detach(subscription)
    }
    subscription.state = .ended
    subscription.onStanding = nil
    subscription.wakeWaiter()
  }

  private func detach(_ subscription: Subscription) {
    guard let home = directory?.home(of: subscription.room) else { return }
    let (name, index) = (subscription.room, reactor.index)
    Task(executorPreference: home.reactor) { await home.detach(name, reactor: index) }
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
