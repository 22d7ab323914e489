import HubIO
import HubWire

/// One room: gives events their order and tells the reactors where somebody listens.
///
/// Thin around ``RoomState``. It lives on its home reactor, next to its ``Rooms``, which makes it and lets it go.
package actor Room {
  nonisolated let reactor: Reactor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated var id: ObjectIdentifier { ObjectIdentifier(self) }

  let engine: any Engine
  /// Other nodes have it too: what is new is told by the engine, and not by its answers.
  let isShared: Bool
  /// To the fan-out of each reactor. Whoever takes them sends what is held back on ahead.
  var streams: [DeliveryStream] {
    sendHeld()
    return allStreams
  }
  private let allStreams: [DeliveryStream]
  private(set) var state: RoomState
  /// Who is there; nil until somebody was.
  var presence: RoomPresence?
  let desk: PresenceDesk
  /// What the histories of this reactor's rooms take together.
  private let tally: HistoryTally
  /// Calls under way, counted by ``Rooms`` and here; the room stays while there are any.
  var holds = 0
  /// Since when nobody has used it, as far as was looked; nil while somebody does. For a room that is shared.
  private var idleSince: Moment?
  /// How many appends the engine was asked for, and has answered.
  private(set) var appends = (asked: UInt64(0), answered: UInt64(0))
  var appendsUnderWay: UInt64 { appends.asked - appends.answered }
  /// Events that wait for others, in a room that is shared.
  var held: HeldEvents?
  /// The engine may have events that the room does not know of.
  var isDoubtful = false
  var isComparing = false
  /// Those who wait for a comparison that begins after they have asked.
  var askers: [UnsafeContinuation<HubError?, Never>] = []
  /// Which rules it has, by the count of ``Rooms``.
  private(set) var rulesVersion: Int

  init(
    state: RoomState, rulesVersion: Int, reactor: Reactor, engine: any Engine, streams: [DeliveryStream],
    tally: HistoryTally, desk: PresenceDesk
  ) {
    self.desk = desk
    self.rulesVersion = rulesVersion
    self.tally = tally
    self.state = state
    self.reactor = reactor
    self.engine = engine
    isShared = engine.isShared
    allStreams = streams
  }

  // MARK: Publishing

  /// Publishes in the given order, and answers once the engine has answered for all.
  func publish(_ batch: [Submission], received: Moment) async -> [Result<Publication, HubError>] {
    let (subscribers, time) = (state.subscriptionCount, reactor.kernel.wallTime())
    let batch = state.rules.isEphemeral ? batch.map(\.ephemeral) : batch
    appends.asked += 1
    let answers = await engine.append(
      batch.map { NewAppend(event: $0.event, key: $0.key, subscribers: subscribers, time: time) }, to: state.name,
      at: reactor.now)
    appends.answered += 1
    if let held, appends.answered >= held.until { sendHeld() }
    let results = zip(answers, batch).map { answer, submission in
      answer.map { take($0, submission.event, time, received) }
    }
    if isShared { return results }
    // What failed may have been taken all the same, and what waits for an event may wait for one whose answer is lost.
    for case .failure(let error) in answers where error.code == .engineUnavailable { isDoubtful = true }
    if appendsUnderWay == 0, state.hasEarly { isDoubtful = true }
    // While answers are under way they may settle it; otherwise the next sweep has a look.
    if appendsUnderWay == 0 { compareSoon() }
    return results
  }

  /// One event without waiting; nil, and nothing done, where the engine cannot answer at once.
  func publishNow(_ new: NewEvent, key: IdempotencyKey?, received: Moment) throws(HubError) -> Publication? {
    let subscribers = state.subscriptionCount
    var new = new
    if state.rules.isEphemeral { new.isEphemeral = true }
    guard
      let appended = try engine.appendNow(
        new, to: state.name, key: key, subscribers: subscribers, at: reactor.now)
    else { return nil }
    return take(appended, new, reactor.kernel.wallTime(), received)
  }

  /// The engine has the event: from here on it is history, and on its way.
  private func take(_ appended: Appended, _ new: NewEvent, _ time: Int64, _ received: Moment) -> Publication {
    switch appended {
    case .duplicate, .queued: break
    case .local: spread(ephemeral: new, time, received)
    // What is new is told by the engine that nodes share, in its order.
    case .fresh where isShared: break
    case .fresh(let position):
      if let position, position.epoch != state.epoch {
        // The engine has begun a new epoch, and tells what is in it.
        isDoubtful = true
      } else {
        take(Event(new, room: state.name, position: position, time: time), received)
      }
    }
    return Publication(appended, subscribers: state.subscriptionCount)
  }

  /// Tells those who are live of an event that is kept nowhere.
  func spread(ephemeral new: NewEvent, _ time: Int64, _ received: Moment) {
    guard state.subscriptionCount > 0 else { return }
    var new = new
    new.isEphemeral = true
    spread(Event(new, room: state.name, position: nil, time: time), received)
  }

  func take(_ event: Event, _ received: Moment) {
    if event.isEphemeral || change({ $0.append(event) }) == .next { spread(event, received) }
    while state.hasEarly, let next = change({ $0.appendEarly() }) { spread(next, received) }
  }

  /// One posting for each reactor where somebody listens; none touches a reactor without members.
  func spread(_ event: Event, _ received: Moment) {
    guard state.subscriptionCount > 0, !holdBack(event, received) else { return }
    post(event, received)
  }

  func post(_ event: Event, _ received: Moment) {
    let streams = allStreams
    for index in streams.indices where state.subscriptions[index] > 0 {
      _ = streams[index].post(event, published: received, newest: state.history.newest, from: id)
    }
  }

  // MARK: Subscribers and readers

  func attach(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit
  ) async throws(HubError) {
    if try attachNow(subscription, reactor: index, after: point, limit: limit) { return }
    // Another node may be ahead by a moment.
    if isShared, state.isBeyond(point) { try await compareNow() }
    var cold: [Event] = []
    if let offset = state.missing(after: point) { cold = try await read(after: offset, limit: limit) }
    take(subscription, reactor: index, after: point, limit: limit, cold: cold)
  }

  /// The same in one step; false, and nothing done, where the engine must be asked.
  func attachNow(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit
  ) throws(HubError) -> Bool {
    try checkPresence(of: subscription)
    expire()
    if state.missing(after: point) != nil || (isShared && state.isBeyond(point)) { return false }
    take(subscription, reactor: index, after: point, limit: limit, cold: [])
    return true
  }

  private func take(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit, cold: [Event]
  ) {
    idleSince = nil
    var standing = state.attach(reactor: index, after: point, limit: limit, cold: cold)
    welcome(subscription, &standing)
    streams[index].post(.attached(subscription, standing), from: id)
  }

  func detach(reactor index: Int, count: Int, leaving presences: [Presence]) {
    state.detach(reactor: index, count: count)
    sayGoodbye(presences)
  }

  /// - Parameter leavingOut: whether what the subscription has missed is lost to it.
  func replay(
    _ subscription: Subscription, reactor index: Int, after position: Position, leavingOut: Bool, limit: ReadLimit
  ) {
    expire()
    if leavingOut {
      streams[index].post(.replay(subscription, withMembers(state.leaveOut(after: position))), from: id)
    } else if let offset = state.missing(after: position) {
      holds += 1
      Task(executorPreference: reactor) {
        await self.replay(subscription, reactor: index, after: position, missing: offset, limit: limit)
      }
    } else {
      streams[index].post(.replay(subscription, withMembers(state.replay(after: position, limit: limit))), from: id)
    }
  }

  private func replay(
    _ subscription: Subscription, reactor index: Int, after position: Position, missing offset: UInt64, limit: ReadLimit
  ) async {
    defer { holds -= 1 }
    do throws(HubError) {
      let cold = try await read(after: offset, limit: limit)
      let replay = withMembers(state.replay(after: position, limit: limit, cold: cold))
      if replay.leadsOn(from: position) { return streams[index].post(.replay(subscription, replay), from: id) }
    } catch {}
    // Whoever still wants it asks again.
    await reactor.sleep(for: Self.readRetry)
    streams[index].post(.replay(subscription, nil), from: id)
  }

  private static let readRetry = Duration.seconds(1)

  func settle(_ subscription: Subscription, reactor index: Int) {
    streams[index].post(.settled(subscription), from: id)
  }

  func page(_ query: PageQuery, limit: ReadLimit) async throws(HubError) -> Page {
    if isShared { try await compareNow() }
    expire()
    var cold: [Event] = []
    if let offset = state.missing(for: query) { cold = try await read(after: offset, limit: limit) }
    return state.page(query, limit: limit, cold: cold)
  }

  /// What the engine has after `offset` and memory has not; nothing where a new epoch began meanwhile.
  private func read(after offset: UInt64, limit: ReadLimit) async throws(HubError) -> [Event] {
    let epoch = state.epoch
    let part = try await engine.read(
      state.name, after: offset, through: state.history.oldest - 1, limit: limit)
    guard part.place.newest.epoch == epoch, state.epoch == epoch else { return [] }
    state.note(part.place)
    return part.events
  }

  /// Without what only the engine knows: since when it has events that are not in memory.
  var summary: RoomSummary {
    let reach = state.reach
    return RoomSummary(
      name: state.name, subscribers: state.subscriptionCount, members: memberCount, position: state.newest,
      events: Int(reach.newest + 1 - reach.oldest), oldest: reach.oldest, bytes: state.history.cost,
      oldestTime: state.missing(after: .earliest) == nil ? state.history.oldestTime : nil)
  }

  func fullSummary() async throws(HubError) -> RoomSummary {
    if isShared { try await compareNow() }
    guard let offset = state.missing(after: .earliest) else { return summary }
    let oldest = try await read(after: offset, limit: ReadLimit(events: 1, bytes: 1)).first
    var summary = summary
    summary.oldestTime = oldest?.time ?? summary.oldestTime
    return summary
  }

  // MARK: Rules and the end

  func adopt(_ rules: RoomRules, version: Int) {
    rulesVersion = version
    if rules.slow != state.rules.slow {
      for stream in streams { stream.post(.slow(rules.slow), from: id) }
    }
    let toldWhoIsThere = state.rules.hasPresence
    change { $0.adopt(rules) }
    if rules.hasPresence != toldWhoIsThere { tellPresenceHasChanged() }
  }

  /// Begins anew with nothing of what was: the engine has dropped it, and whoever subscribes is told.
  func delete() async throws(HubError) {
    if let place = engine.dropNow(state.name, at: reactor.now) { return begin(anew: place) }
    // Whatever becomes of it: another deletion may be answered first, and one that failed may have been done all the same.
    defer {
      isDoubtful = true
      compareSoon()
    }
    begin(anew: try await engine.drop(state.name, at: reactor.now))
  }

  func begin(anew place: RoomPlace) {
    // An event that came after it may have been answered before, and have told of the new epoch.
    if place.newest.epoch != state.epoch { change { $0.renew(place) } }
    forgetMembers()
    for stream in streams { stream.post(.deleted, from: id) }
  }

  // MARK: Housekeeping

  /// Drops what is too old.
  func expire() {
    let time = reactor.kernel.wallTime()
    change { $0.expire(at: time) }
  }

  /// Drops the oldest quarter of the history.
  func freeHistory() {
    change { $0.free(bytes: max(1, $0.history.cost / 4)) }
  }

  /// Keeps the tally right through whatever happens to the history.
  func change<Result>(_ body: (inout RoomState) -> Result) -> Result {
    let before = state.history.cost
    defer { tally.bytes += state.history.cost - before }
    return body(&state)
  }

  /// Nobody would notice if the room were gone, and no call is under way.
  var isDeserted: Bool { state.isDeserted && holds == 0 && !isDoubtful && (presence?.state.isEmpty ?? true) }

  /// The same for a room that other nodes have too, where memory keeps nothing that the engine has not: nobody has used it
  /// for `time`.
  func isIdle(for time: Duration) -> Bool {
    guard state.subscriptionCount == 0, holds == 0, presence?.shared?.hasNobody ?? true else {
      idleSince = nil
      return false
    }
    let since = idleSince ?? reactor.now
    idleSince = since
    return reactor.now - since >= time
  }

  /// Somebody who is not counted among the subscribers wants it.
  func noteUse() { idleSince = nil }

  /// Tells the rooms that keep longest from the others; the last value of a room goes when nothing else is there to go.
  var age: (isLastValue: Int, time: Int64)? {
    let isLastValue = state.rules.keepsLast && state.history.count == 1
    return state.history.oldestTime.map { (isLastValue ? 1 : 0, $0) }
  }
}

/// The bytes that the histories of one reactor's rooms take; touched on that reactor only.
final class HistoryTally: @unchecked Sendable {
  var bytes = 0
}

extension Room: TimerTarget {
  package nonisolated func timerFired(_ kind: UInt8) {
    assumeIsolated { kind == Self.heldTimer ? $0.sendHeld() : $0.presenceTimerFired() }
  }
}
