import HubIO
import HubWire

/// A request that has arrived, on its way to its answer.
struct Exchange {
  let request: HTTPRequest
  /// The whole body, but for a stream of envelopes, which is read piece by piece.
  var body: [UInt8] = []
  /// What whoever sent it may do.
  var grant = Grant.none
  /// What is wrong with the token in a WebSocket's URL: told after the handshake, since a browser cannot see its status.
  var refusal: HubError?
  /// When the request was complete.
  let received: Moment
  private var knownTrace: TraceContext?

  init(request: HTTPRequest, received: Moment) {
    self.request = request
    self.received = received
  }

  /// The request's place in a trace: continued, or begun at the first use, since most requests need none.
  mutating func trace() -> TraceContext {
    if let knownTrace { return knownTrace }
    let trace = TraceContext.of(
      parents: request.fields.values(of: "traceparent"), states: request.fields.values(of: "tracestate"))
    knownTrace = trace
    return trace
  }

  var isHead: Bool { request.method == .head }
}
