package import HubIO
package import HubRooms
package import HubWire

/// A memory engine whose answers come when the test says: at once, later and in any order, or as a failure.
///
/// As a participant of a simulation it lets go of one held answer a step, chosen by the seed.
package final class ScriptedEngine: Engine, Participant, @unchecked Sendable {
  /// What becomes of one append.
  package enum Verdict: Sendable {
    case now
    /// Taken, and answered when ``release(_:)`` says so.
    case later
    /// Not taken.
    case refuse
    /// Taken, but the answer is lost: its caller cannot know.
    case lose
  }

  private let state: Lock<MemoryEngineState>
  private var held: [UnsafeContinuation<Void, Never>] = []
  /// Asked for each append, with how many there were before.
  package var verdict: (Int) -> Verdict = { _ in .now }
  /// Asked for each `open`: whether its answer is held.
  package var holdsOpen: () -> Bool = { false }
  package private(set) var appends = 0
  package private(set) var opened = 0
  package private(set) var closed = 0

  package init(limits: MemoryEngineLimits = MemoryEngineLimits()) {
    state = Lock(MemoryEngineState(limits: limits, makeEpoch: { "test" }))
  }

  package var heldCount: Int { held.count }
  package var rememberedRooms: Int { state.withLock { $0.rememberedRooms } }

  /// Lets the answer at `index` go.
  package func release(_ index: Int) {
    held.remove(at: index).resume()
  }

  package func step(_ random: inout SeededRandom) -> Bool {
    if held.isEmpty { return false }
    release(random.number(in: 0..<held.count))
    return true
  }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> Position {
    opened += 1
    let position = state.withLock { $0.open(room, at: time) }
    if holdsOpen() { await withUnsafeContinuation { held.append($0) } }
    return position
  }

  package func append(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) async throws(HubError) -> Appended {
    let verdict = verdict(appends)
    appends += 1
    if case .refuse = verdict { throw Self.unavailable }
    let answer = try state.withLock { (state) throws(HubError) in
      try state.append(to: room, isEphemeral: event.isEphemeral, key: key, subscribers: subscribers, at: time)
    }
    if case .later = verdict { await withUnsafeContinuation { held.append($0) } }
    if case .lose = verdict { throw Self.unavailable }
    return answer
  }

  package func close(_ room: RoomName, at time: Moment) {
    closed += 1
    state.withLock { $0.close(room, at: time) }
  }

  private static var unavailable: HubError { HubError(.engineUnavailable, "the engine is away") }
}
