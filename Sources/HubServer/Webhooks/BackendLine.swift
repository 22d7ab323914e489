import HubIO
import HubWire

/// The way to one backend: its connections, whose turn it is, and what it has answered. Touched on its reactor's thread
/// only.
final class BackendLine {
  let caller: HTTPCaller
  private let gate: CallGate
  var cache = DecisionCache()
  private var isTroubled = false
  var waiting: Int { gate.waiting }

  init(caller: HTTPCaller, gate: CallGate) {
    self.caller = caller
    self.gate = gate
  }

  /// - Throws: why there is no answer that counts.
  func ask(_ question: BackendQuestion, node: String, until end: Moment) async throws(BackendFailure) -> BackendAnswer {
    guard await gate.enter(until: end) else {
      throw BackendFailure(reason: "too many questions wait for it (`webhooks.calls`, `webhooks.waiting`)")
    }
    defer { gate.leave() }
    let id = ConnectionID.random().description
    let answer: HTTPAnswer
    do throws(WireError) {
      answer = try await caller.post(id: id, body: question.encode(id: id, node: node), until: end)
    } catch {
      throw BackendFailure(error)
    }
    if let failure = BackendFailure(status: answer.head.status) { throw failure }
    var isPublish = false
    if case .publish = question.kind { isPublish = true }
    do throws(HubError) {
      return try BackendAnswer(answer.body, isPublish: isPublish)
    } catch {
      throw BackendFailure(reason: "its answer is wrong: \(error.detail)")
    }
  }

  /// The log is told when it goes, and when it is back.
  func noteFailure(_ reason: String, _ log: Log) {
    if !isTroubled {
      log.warning(
        "a backend does not decide", [LogField("target", caller.target.name), LogField("reason", reason)])
    }
    isTroubled = true
  }

  func noteSuccess(_ log: Log) {
    if isTroubled { log.info("a backend decides again", [LogField("target", caller.target.name)]) }
    isTroubled = false
  }
}
