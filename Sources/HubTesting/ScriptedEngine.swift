package import HubIO
package import HubRooms
package import HubWire

/// An engine outside the hub whose answers come when the test says: at once, later and in any order, as a failure, or
/// not at all. It goes on when the hub does not.
///
/// As a participant of a simulation it lets go of one held answer a step, chosen by the seed.
package final class ScriptedEngine: Engine, Participant, @unchecked Sendable {
  /// What becomes of one call.
  package enum Verdict: Sendable {
    case now
    /// Done, and answered when ``release(_:)`` says so.
    case later
    /// Not done.
    case refuse
    /// Done, but the answer is lost: its caller cannot know.
    case lose
  }

  private let state: Lock<MemoryEngineState>
  /// What it keeps of each room, from offset 1 on; nil where it keeps no events.
  private var kept: [RoomName: [Event]]?
  private let limits: MemoryEngineLimits
  private var epoch = "test"
  /// Of rooms that were dropped.
  private var epochs: [RoomName: String] = [:]
  /// How a room's next epoch is called.
  private let nextEpoch = Lock("test")
  private var held: [UnsafeContinuation<Void, Never>] = []
  /// Asked for each append, with how many there were before.
  package var verdict: (Int) -> Verdict = { _ in .now }
  /// Asked for each reading of events; nothing is lost by losing such an answer.
  package var readVerdict: () -> Verdict = { .now }
  /// Asked for each room that is dropped.
  package var dropVerdict: () -> Verdict = { .now }
  /// Asked for each `open`: whether its answer is held.
  package var holdsOpen: () -> Bool = { false }
  package private(set) var appends = 0
  package private(set) var reads = 0
  package private(set) var drops = 0
  package private(set) var opened = 0
  package private(set) var closed = 0

  /// - Parameter keepsEvents: whether events can be read from it.
  package init(limits: MemoryEngineLimits = MemoryEngineLimits(), keepsEvents: Bool = false) {
    self.limits = limits
    state = Lock(MemoryEngineState(limits: limits, makeEpoch: { [nextEpoch] in nextEpoch.withLock { $0 } }))
    kept = keepsEvents ? [:] : nil
  }

  package var heldCount: Int { held.count }

  /// Loses everything that it had, and begins a new epoch.
  package func begin(epoch: String) {
    self.epoch = epoch
    epochs = [:]
    nextEpoch.withLock { $0 = epoch }
    state.withLock {
      $0 = MemoryEngineState(limits: limits, makeEpoch: { [nextEpoch] in nextEpoch.withLock { $0 } })
    }
    if kept != nil { kept = [:] }
  }

  /// Lets the answer at `index` go.
  package func release(_ index: Int) {
    held.remove(at: index).resume()
  }

  package func step(_ random: inout SeededRandom) -> Bool {
    if held.isEmpty { return false }
    release(random.number(in: 0..<held.count))
    return true
  }

  private func hold() async {
    await withUnsafeContinuation { held.append($0) }
  }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    opened += 1
    let place = place(state.withLock { $0.open(room, at: time) })
    if holdsOpen() { await hold() }
    return place
  }

  private func place(_ newest: Position) -> RoomPlace {
    RoomPlace(newest: newest, oldest: kept == nil ? nil : 1)
  }

  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    let verdict = verdict(appends)
    appends += 1
    if case .refuse = verdict { return batch.map { _ in .failure(Self.unavailable) } }
    let answers = batch.map { new in Result { () throws(HubError) in try take(new, room, time) } }
    if case .later = verdict { await hold() }
    if case .lose = verdict { return batch.map { _ in .failure(Self.unavailable) } }
    return answers
  }

  private func take(_ new: NewAppend, _ room: RoomName, _ time: Moment) throws(HubError) -> Appended {
    let answer = try state.withLock { (state) throws(HubError) in
      try state.append(
        to: room, isEphemeral: new.event.isEphemeral, key: new.key, subscribers: new.subscribers, at: time)
    }
    if case .fresh(let position?) = answer {
      kept?[room, default: []].append(Event(new.event, room: room, position: position, time: new.time))
    }
    return answer
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    reads += 1
    let verdict = readVerdict()
    if case .refuse = verdict { throw Self.unavailable }
    let events = (kept?[room] ?? [])[...].dropFirst(Int(offset)).prefix(Int(max(end, offset) - offset))
    let part = StoredPart(
      place: place(Position(epoch: epochs[room] ?? epoch, offset: UInt64(kept?[room]?.count ?? 0))),
      events: Array(events.prefix(max(1, limit.events))))
    if case .later = verdict { await hold() }
    if case .lose = verdict { throw Self.unavailable }
    return part
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    drops += 1
    let verdict = dropVerdict()
    if case .refuse = verdict { throw Self.unavailable }
    let name = "\(epoch)d\(drops)"
    epochs[room] = name
    nextEpoch.withLock { $0 = name }
    let newest = state.withLock { $0.drop(room, at: time) }
    nextEpoch.withLock { $0 = epoch }
    if kept != nil { kept?[room] = nil }
    if case .later = verdict { await hold() }
    if case .lose = verdict { throw Self.unavailable }
    return place(newest)
  }

  package func close(_ room: RoomName, at time: Moment) {
    closed += 1
    state.withLock { $0.close(room, at: time) }
  }

  package var health: EngineHealth { .up }

  package var statistics: EngineStatistics {
    var statistics = EngineStatistics()
    statistics.rememberedRooms = state.withLock { $0.rememberedRooms }
    return statistics
  }

  private static var unavailable: HubError { HubError(.engineUnavailable, "the engine is away") }
}
