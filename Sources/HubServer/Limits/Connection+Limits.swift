import HubIO
import HubWire

/// How fast one client may talk; made with the first message where a rate is set, so that a silent client costs nothing.
/// Touched by its connection only.
final class ClientRates: @unchecked Sendable {
  var limit: RateLimit

  init(_ limit: RateLimit) {
    self.limit = limit
  }
}

extension Connection {
  /// A dropped message is searched for its id up to this length: the answer should not cost what was to be saved.
  private static let identifiable = 4096

  /// Whether a message may be handled; else its client has been told.
  func admits(_ message: [UInt8]) -> Bool {
    switch meter(bytes: message.count) {
    case .pass: return true
    case .drop(let limit):
      let id = message.count <= Self.identifiable ? ClientMessage.id(in: message) : nil
      fail(limit.refusal, id: id)
    case .close: break
    }
    return false
  }

  /// Whether a ping is to be answered. It counts as a message; a client that drowns the hub in them gets no answer to
  /// each (RFC 6455 section 5.5.3 does not promise one).
  func admitsPing(bytes: Int) -> Bool {
    meter(bytes: bytes) == .pass
  }

  /// Counts what the client sent; it is closed where it does not slow down.
  private func meter(bytes: Int) -> RateLimit.Verdict {
    let limits = worker.policy.settings.limits
    guard limits.messages > 0 || limits.bytes > 0, case .webSocket = stage, stream != nil else { return .pass }
    let rates: ClientRates
    if let known = stream?.rates, known.limit.isFor(messages: limits.messages, bytes: limits.bytes) {
      rates = known
    } else {
      rates = ClientRates(
        RateLimit(
          messages: limits.messages, bytes: limits.bytes, largest: node.settings.client.messageBytes, at: reactor.now))
      stream?.rates = rates
    }
    let verdict = rates.limit.receive(bytes: bytes, at: reactor.now)
    switch verdict {
    case .pass: break
    case .drop(let limit): worker.statistics.refused[limit] += 1
    case .close(let limit):
      worker.statistics.refused[limit] += 1
      var error = limit.refusal
      error.detail += ", for \(RateLimit.patience) seconds running"
      endStream(error)
    }
    return verdict
  }
}
