import HubIO
import HubWire

/// One room: gives events their order and tells the reactors where somebody listens.
///
/// Thin around ``RoomState``. It lives on its home reactor, next to its ``Rooms``, which makes it and lets it go.
package actor Room {
  nonisolated let reactor: Reactor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated var id: ObjectIdentifier { ObjectIdentifier(self) }

  private let engine: any Engine
  /// To the fan-out of each reactor.
  let streams: [DeliveryStream]
  private(set) var state: RoomState
  /// Who is there; nil until somebody was.
  var presence: RoomPresence?
  let desk: PresenceDesk
  /// What the histories of this reactor's rooms take together.
  private let tally: HistoryTally
  /// Calls under way, counted by ``Rooms`` and here; the room stays while there are any.
  var holds = 0
  /// Appends that the engine has not answered.
  private var appendsUnderWay = 0
  /// The engine may have events that the room does not know of.
  private(set) var isDoubtful = false
  private var isComparing = false
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
    self.streams = streams
  }

  // MARK: Publishing

  /// Publishes in the given order, and answers once the engine has answered for all.
  func publish(_ batch: [Submission], received: Moment) async -> [Result<Publication, HubError>] {
    let (subscribers, time) = (state.subscriptionCount, reactor.kernel.wallTime())
    let batch = state.rules.isEphemeral ? batch.map(\.ephemeral) : batch
    appendsUnderWay += 1
    let answers = await engine.append(
      batch.map { NewAppend(event: $0.event, key: $0.key, subscribers: subscribers, time: time) }, to: state.name,
      at: reactor.now)
    appendsUnderWay -= 1
    let results = zip(answers, batch).map { answer, submission in
      answer.map { take($0, submission.event, time, received) }
    }
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
    case .duplicate(let position, let subscribers):
      return Publication(position: position, subscribers: subscribers, isDuplicate: true)
    case .fresh(let position):
      if let position, position.epoch != state.epoch {
        // The engine has begun a new epoch, and tells what is in it.
        isDoubtful = true
      } else {
        take(Event(new, room: state.name, position: position, time: time), received)
      }
      return Publication(position: position, subscribers: state.subscriptionCount, isDuplicate: false)
    }
  }

  private func take(_ event: Event, _ received: Moment) {
    if event.isEphemeral || change({ $0.append(event) }) == .next { spread(event, received) }
    while state.hasEarly, let next = change({ $0.appendEarly() }) { spread(next, received) }
  }

  /// One posting for each reactor where somebody listens; none touches a reactor without members.
  func spread(_ event: Event, _ received: Moment) {
    guard state.subscriptionCount > 0 else { return }
    for index in streams.indices where state.subscriptions[index] > 0 {
      _ = streams[index].post(event, published: received, newest: state.history.newest, from: id)
    }
  }

  // MARK: Comparing with the engine

  /// Looks for what the engine has and the room has not, if there is reason to.
  func compareSoon() {
    guard isDoubtful, !isComparing else { return }
    isComparing = true
    holds += 1
    Task(executorPreference: reactor) { await self.compare() }
  }

  /// Goes on until the room has what the engine has. Where the engine cannot say, the room stays in doubt, and the next
  /// look is for ``Rooms/sweep()`` to begin.
  private func compare() async {
    while isDoubtful {
      isDoubtful = false
      do throws(HubError) {
        let place = try await engine.open(state.name, at: reactor.now)
        begin(place)
        while state.epoch == place.newest.epoch, state.history.newest < place.newest.offset, try await takeNext(place) {
        }
      } catch {
        isDoubtful = true
        break
      }
    }
    isComparing = false
    holds -= 1
  }

  /// Takes what follows the newest event.
  /// - Returns: whether there was any.
  private func takeNext(_ place: RoomPlace) async throws(HubError) -> Bool {
    let newest = state.history.newest
    let part = try await engine.read(state.name, after: newest, through: place.newest.offset, limit: Self.compareLimit)
    guard part.place.newest.epoch == state.epoch else {
      isDoubtful = true
      return false
    }
    if let oldest = part.place.oldest, oldest > state.history.newest + 1 { skip(to: oldest - 1) }
    for event in part.events { take(event, reactor.now) }
    return state.history.newest > newest
  }

  private static let compareLimit = ReadLimit(events: 256, bytes: 1 << 20)

  /// Turns to the engine's epoch if it is another.
  private func begin(_ place: RoomPlace) {
    guard place.newest.epoch != state.epoch else { return change { $0.note(place) } }
    change { $0.renew(place) }
    for stream in streams { stream.post(.renewed(state.newest), from: id) }
    if state.rules.hasPresence { tellMembers() }
  }

  /// The engine has dropped what came next before the room had seen it: for everybody it is a gap.
  private func skip(to offset: UInt64) {
    let newest = state.history.newest
    change { $0.skip(to: offset) }
    for stream in streams { stream.post(.behind(after: newest), from: id) }
  }

  // MARK: Subscribers and readers

  func attach(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit
  ) async throws(HubError) {
    if try attachNow(subscription, reactor: index, after: point, limit: limit) { return }
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
    if state.missing(after: point) != nil { return false }
    take(subscription, reactor: index, after: point, limit: limit, cold: [])
    return true
  }

  private func take(
    _ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit, cold: [Event]
  ) {
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

  private func begin(anew place: RoomPlace) {
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
  private func change<Result>(_ body: (inout RoomState) -> Result) -> Result {
    let before = state.history.cost
    defer { tally.bytes += state.history.cost - before }
    return body(&state)
  }

  /// Nobody would notice if the room were gone, and no call is under way.
  var isDeserted: Bool { state.isDeserted && holds == 0 && !isDoubtful && (presence?.state.isEmpty ?? true) }
  /// Tells the rooms that keep longest from the others; the last value of a room goes when nothing else is there to go.
  var age: (isLastValue: Int, time: Int64)? {
    let isLastValue = state.rules.keepsLast && state.history.count == 1
    return state.history.oldestTime.map { (isLastValue ? 1 : 0, $0) }
  }
}

/// An event on its way into a room.
package struct Submission: Sendable {
  package let event: NewEvent
  package let key: IdempotencyKey?

  package init(event: NewEvent, key: IdempotencyKey?) {
    self.event = event
    self.key = key
  }

  /// The same as it is in a room that keeps nothing.
  var ephemeral: Submission {
    var event = event
    event.isEphemeral = true
    return Submission(event: event, key: key)
  }
}

/// The bytes that the histories of one reactor's rooms take; touched on that reactor only.
final class HistoryTally: @unchecked Sendable {
  var bytes = 0
}
