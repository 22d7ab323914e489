import HubIO
import HubRooms
import HubWire

/// What the reactors share of one engine.
final class RedisShared: Sendable {
  private struct State {
    var rules: @Sendable (RoomName) -> RoomRules = { _ in RoomRules(history: HistoryLimit()) }
    /// What the next room that has no epoch gets.
    var epoch: String
    var statistics = EngineStatistics()
    /// Why a reactor cannot reach Redis, by its index.
    var absences: [Int: String] = [:]
    /// What Redis has last said to an event that it did not take, and when.
    var refusal: (reason: String, since: Moment)?
    var isStopped = false
    /// What is wrong with the journal.
    var journalProblem: String?
  }

  private let state: Lock<State>
  private let makeEpoch: @Sendable () -> String

  init(makeEpoch: @escaping @Sendable () -> String) {
    self.makeEpoch = makeEpoch
    state = Lock(State(epoch: makeEpoch()))
  }

  func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules) {
    state.withLock { $0.rules = rules }
  }

  func rules(_ room: RoomName) -> RoomRules {
    let rules = state.withLock { $0.rules }
    return rules(room)
  }

  // MARK: Epochs

  /// Offered with each append, and taken by few rooms: a new one only once it was used.
  var epoch: String { state.withLock { $0.epoch } }

  func renewEpoch(_ used: String) {
    state.withLock { if $0.epoch == used { $0.epoch = makeEpoch() } }
  }

  func freshEpoch() -> String { makeEpoch() }

  // MARK: Health

  func note(absence: String?, of reactor: Int) {
    state.withLock { $0.absences[reactor] = absence }
  }

  var isStopped: Bool {
    get { state.withLock { $0.isStopped } }
    set { state.withLock { $0.isStopped = newValue } }
  }

  /// How long a refusal counts that is not followed by another.
  private static let refusalLife = Duration.seconds(5)

  func forgetRefusal(before now: Moment) {
    state.withLock { state in
      if let refusal = state.refusal, now - refusal.since > Self.refusalLife { state.refusal = nil }
    }
  }

  func note(journal problem: String?) {
    state.withLock { $0.journalProblem = problem }
  }

  /// Every reactor can reach all of Redis.
  var isReachable: Bool { state.withLock { $0.absences.isEmpty } }

  var health: EngineHealth {
    state.withLock { state in
      let reason =
        state.absences.min { $0.key < $1.key }?.value ?? state.refusal?.reason ?? state.journalProblem
      return reason.map { .down(reason: $0) } ?? .up
    }
  }

  // MARK: Statistics

  var statistics: EngineStatistics { state.withLock { $0.statistics } }

  func note(_ answers: [Result<Appended, AppendFailure>], since began: Moment, now: Moment) {
    var (taken, failed): (UInt64, UInt64) = (0, 0)
    var refusal: String?
    for answer in answers {
      switch answer {
      case .success(.fresh): taken += 1
      case .success, .failure(.event): break
      case .failure(.redis(let failure)):
        failed += 1
        if case .refused = failure { refusal = failure.reason }
      }
    }
    state.withLock { state in
      if taken > 0 || refusal != nil { state.refusal = refusal.map { ($0, now) } }
      state.statistics.appended += taken
      state.statistics.failures += failed
      guard taken > 0 else { return }
      state.statistics.commits += 1
      state.statistics.commitTimes.observe(now - began)
    }
  }

  func noteRead(_ count: Int) {
    state.withLock { $0.statistics.read += UInt64(count) }
  }

  func change(waiting: Int) {
    state.withLock { $0.statistics.waiting += waiting }
  }
}
