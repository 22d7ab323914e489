import HubIO
import HubWire

/// A request that has arrived, on its way to its answer. An object, since it is handed from step to step.
final class Exchange {
  let request: HTTPRequest
  /// The whole body, but for one that is read part by part, or not at all.
  var body: [UInt8] = []
  /// What is at the request's path; nil where nothing is, or it was not looked for.
  var endpoint: Endpoint?
  /// What whoever sent it may do.
  var grant = Grant.none
  /// Why it is not answered as it wishes: known once its head has arrived.
  var failure: HubError?
  /// What is wrong with the token in a WebSocket's URL: told after the handshake, since a browser cannot see its status.
  var refusal: HubError?
  /// When its head was complete.
  let received: Moment
  private var knownTrace: TraceContext?

  init(request: HTTPRequest, received: Moment) {
    self.request = request
    self.received = received
  }

  /// The request's place in a trace: continued, or begun at the first use, since most requests need none.
  func trace() -> TraceContext {
    if let knownTrace { return knownTrace }
    let trace = TraceContext.of(
      parents: request.fields.values(of: "traceparent"), states: request.fields.values(of: "tracestate"))
    knownTrace = trace
    return trace
  }

  var isHead: Bool { request.method == .head }
}
