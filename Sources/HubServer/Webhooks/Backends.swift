import HubIO
import HubRooms
import HubWire

/// Asks backends what clients may do, for one worker. Touched on its thread only.
final class Backends {
  /// What becomes of an event that a client publishes.
  enum Decision {
    case publish(NewEvent)
    /// Nothing is published: the sender alone gets this.
    case reply(EventName, EventData)
  }

  private let reactor: Reactor
  private let node: String
  private let log: Log
  /// Of how many workers this is one: each has its share of the calls.
  private let shares: Int
  private var targets: HTTPTargets?
  private var settings = WebhookSettings()
  private var namespaces: NamespaceBook?
  private var lines: [String: BackendLine] = [:]
  private var maximumAnswer = 0
  private(set) var connectRule: BackendRule?
  private var counts: [String: BackendCounts] = [:]

  init(reactor: Reactor, node: String, log: Log, shares: Int) {
    self.reactor = reactor
    self.node = node
    self.log = log
    self.shares = shares
  }

  /// Puts settings into force; what was answered under others is forgotten.
  func adopt(_ policy: Policy) {
    settings = policy.settings.webhooks
    targets = policy.targets
    connectRule = BackendRule(settings.connect)
    namespaces = policy.settings.namespaces.contains { $0.backend != nil } ? policy.namespaces : nil
    maximumAnswer = policy.settings.body.bytes + 4_096
    for line in lines.values { line.caller.close() }
    lines = [:]
  }

  /// What is counted of each target.
  var statistics: [String: BackendCounts] {
    var statistics = counts
    for (name, line) in lines { statistics[name, default: BackendCounts()].waiting = line.waiting }
    return statistics
  }

  // MARK: Who is asked

  /// Whether any namespace has a backend.
  var decides: Bool { namespaces != nil }

  /// Nil where nobody is asked.
  func rule(subscribingTo room: RoomName, by grant: Grant) -> BackendRule? {
    guard let namespaces, !grant.isService, let backend = namespaces.settings(for: room).backend,
      backend.on.contains(.subscribe)
    else { return nil }
    return BackendRule(backend)
  }

  /// The same for an event.
  func rule(publishing name: EventName, in room: RoomName, by grant: Grant) -> BackendRule? {
    guard let namespaces, !grant.isService, let backend = namespaces.settings(for: room).backend,
      backend.on.contains(.publish), backend.events.isEmpty || backend.events.contains(name.text)
    else { return nil }
    return BackendRule(backend)
  }

  // MARK: Asking

  /// - Throws: `FORBIDDEN` with what the backend says, `BACKEND_UNAVAILABLE`.
  func decide(_ question: BackendQuestion, by rule: BackendRule) async throws(HubError) {
    if case .refuse(let detail) = try await ask(question, by: rule) { throw Self.refusal(detail) }
  }

  /// - Throws: `FORBIDDEN` with what the backend says, `BACKEND_UNAVAILABLE`.
  func decide(_ question: BackendQuestion, about event: NewEvent, by rule: BackendRule) async throws(HubError)
    -> Decision
  {
    switch try await ask(question, by: rule) {
    case .allow: return .publish(event)
    case .replace(let name, let data):
      var event = event
      event.name = name ?? event.name
      event.data = data ?? event.data
      return .publish(event)
    case .reply(let name, let data): return .reply(name, data)
    case .refuse(let detail): throw Self.refusal(detail)
    }
  }

  private static func refusal(_ detail: String?) -> HubError {
    HubError(.forbidden, detail ?? "the backend does not allow it")
  }

  private func ask(_ question: BackendQuestion, by rule: BackendRule) async throws(HubError) -> BackendAnswer.Verdict {
    guard let line = line(rule.target) else {
      return try absent(rule, BackendFailure(reason: "it is not among webhooks.targets"))
    }
    let key = question.cacheKey
    if let key, let known = line.cache.answer(for: key, at: reactor.now) {
      counts[rule.target, default: BackendCounts()].cached += 1
      return known.verdict
    }
    let began = reactor.kernel.now()
    do throws(BackendFailure) {
      let answer = try await line.ask(question, node: node, until: began + rule.time)
      line.noteSuccess(log)
      counts[rule.target, default: BackendCounts()].note(answer.verdict, after: reactor.kernel.now() - began)
      if let key { line.cache.note(answer, for: key, at: reactor.now, for: answer.cache ?? rule.cache) }
      return answer.verdict
    } catch {
      line.noteFailure(error.reason, log)
      return try absent(rule, error)
    }
  }

  /// What holds where nobody has decided.
  private func absent(_ rule: BackendRule, _ failure: BackendFailure) throws(HubError) -> BackendAnswer.Verdict {
    counts[rule.target, default: BackendCounts()].failed += 1
    if rule.away == .allow, failure.isAway { return .allow }
    throw HubError(
      .backendUnavailable, "the backend (\"\(rule.target)\") has not decided this; try again in a moment")
  }

  /// One worker's part of a limit of the node. The parts add up to the limit, but that each has one at the least, unless
  /// there is none: a worker that may ask nobody would refuse its clients for good.
  static func share(of limit: Int, index: Int, shares: Int) -> Int {
    let even = limit / shares + (index < limit % shares ? 1 : 0)
    return limit == 0 ? 0 : max(1, even)
  }

  private func line(_ name: String) -> BackendLine? {
    if let line = lines[name] { return line }
    guard let target = targets?[name] else { return nil }
    let calls = Self.share(of: settings.calls, index: reactor.index, shares: shares)
    let waiting = Self.share(of: settings.waiting, index: reactor.index, shares: shares)
    let line = BackendLine(
      caller: HTTPCaller(
        target: target, reactor: reactor, maximumAnswer: maximumAnswer, maximumIdle: calls, readsBodies: true),
      gate: CallGate(reactor: reactor, limit: calls, maximumWaiting: waiting))
    lines[name] = line
    return line
  }
}
