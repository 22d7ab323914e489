import HubIO
import HubWire

/// One room: gives events their order and tells the reactors where somebody listens.
///
/// Thin around ``RoomState``. It lives on its home reactor, next to its ``Rooms``, which makes it and lets it go.
package actor Room {
  nonisolated let reactor: Reactor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  private nonisolated var id: ObjectIdentifier { ObjectIdentifier(self) }

  private let engine: any Engine
  /// To the fan-out of each reactor.
  private let streams: [DeliveryStream]
  private(set) var state: RoomState
  /// What the histories of this reactor's rooms take together.
  private let tally: HistoryTally
  /// Calls under way, counted by ``Rooms``; the room stays while there are any.
  var holds = 0

  init(state: RoomState, reactor: Reactor, engine: any Engine, streams: [DeliveryStream], tally: HistoryTally) {
    self.tally = tally
    self.state = state
    self.reactor = reactor
    self.engine = engine
    self.streams = streams
  }

  /// Publishes, and answers once the engine has taken the event.
  func publish(_ new: NewEvent, key: IdempotencyKey?, received: Moment) async throws(HubError) -> Publication {
    let appended = try await engine.append(
      new, to: state.name, key: key, subscribers: state.subscriptionCount, at: reactor.now)
    return take(appended, new, received)
  }

  /// The same without waiting; nil, and nothing done, where the engine cannot answer at once.
  func publishNow(_ new: NewEvent, key: IdempotencyKey?, received: Moment) throws(HubError) -> Publication? {
    let subscribers = state.subscriptionCount
    guard
      let appended = try engine.appendNow(
        new, to: state.name, key: key, subscribers: subscribers, at: reactor.now)
    else { return nil }
    return take(appended, new, received)
  }

  /// The engine has the event: from here on it is history, and on its way.
  private func take(_ appended: Appended, _ new: NewEvent, _ received: Moment) -> Publication {
    switch appended {
    case .duplicate(let position, let subscribers):
      return Publication(position: position, subscribers: subscribers, isDuplicate: true)
    case .fresh(let position):
      let event = Event(new, room: state.name, position: position, time: reactor.kernel.wallTime())
      if event.isEphemeral || change({ $0.append(event) }) { spread(event, received) }
      while let next = change({ $0.appendEarly() }) { spread(next, received) }
      return Publication(position: position, subscribers: state.subscriptionCount, isDuplicate: false)
    }
  }

  /// One posting for each reactor where somebody listens; none touches a reactor without members.
  private func spread(_ event: Event, _ received: Moment) {
    guard state.subscriptionCount > 0 else { return }
    for index in streams.indices where state.subscriptions[index] > 0 {
      _ = streams[index].post(event, published: received, from: id)
    }
  }

  func attach(_ subscription: Subscription, reactor index: Int, after point: ResumePoint?, limit: ReadLimit) {
    expire()
    let standing = state.attach(reactor: index, after: point, limit: limit)
    streams[index].post(.attached(subscription, standing), from: id)
  }

  func detach(reactor index: Int) {
    state.detach(reactor: index)
  }

  func replay(_ subscription: Subscription, reactor index: Int, after offset: UInt64, limit: ReadLimit) {
    expire()
    streams[index].post(.replay(subscription, state.replay(after: offset, limit: limit)), from: id)
  }

  func settle(_ subscription: Subscription, reactor index: Int) {
    streams[index].post(.settled(subscription), from: id)
  }

  func page(_ query: PageQuery, limit: ReadLimit) -> Page {
    expire()
    return state.page(query, limit: limit)
  }

  var summary: RoomSummary {
    RoomSummary(
      name: state.name, subscribers: state.subscriptionCount, position: state.newest, events: state.history.count,
      oldest: state.history.oldest, bytes: state.history.cost, oldestTime: state.history.oldestTime)
  }

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
  var isDeserted: Bool { state.isDeserted && holds == 0 }
  var oldestTime: Int64? { state.history.oldestTime }
}

/// The bytes that the histories of one reactor's rooms take; touched on that reactor only.
final class HistoryTally: @unchecked Sendable {
  var bytes = 0
}
