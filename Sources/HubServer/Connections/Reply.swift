import HubWire

/// What becomes of a request.
enum Reply {
  case response(HTTPResponse)
  /// A success that is only logged at debug.
  case quiet(HTTPResponse)
  /// The connection becomes a WebSocket.
  case webSocket(WebSocketOpening)
  /// The connection becomes an SSE stream over these rooms, in this order, with these fields in its head.
  case eventStream([RoomSubscription], Grant, HTTPFields = HTTPFields())
  /// The answer has been streamed already.
  case streamed
}

/// A room to subscribe to, and after which point.
struct RoomSubscription: Equatable {
  let room: RoomName
  let after: ResumePoint?
  /// What the others are told about the user, a JSON object; nil for one who does not want to be seen.
  var presence: [UInt8]?
}

/// How a WebSocket begins.
struct WebSocketOpening {
  enum Purpose {
    /// The protocol of the hub, with these rooms subscribed as soon as the grant allows it.
    case hub([RoomSubscription], Grant)
    /// Every message comes back.
    case echo
    /// A browser cannot see why a handshake failed, so it succeeds, and an error and a close code follow.
    case refuse(HubError)
  }

  let offer: WebSocketOffer
  var purpose: Purpose
}

extension Reply {
  /// It says itself which pages may read it.
  var isShared: Bool {
    switch self {
    case .response(let response), .quiet(let response): response.fields.contains("Access-Control-Allow-Origin")
    case .webSocket, .eventStream, .streamed: false
    }
  }

  static func error(_ error: HubError, status: Int? = nil, fields: HTTPFields = HTTPFields(), trace: TraceContext)
    -> Reply
  {
    .response(.problem(error, status: status, fields: fields, trace: trace))
  }
}

extension HTTPResponse {
  static func json(_ status: Int = 200, _ body: [UInt8]) -> HTTPResponse {
    HTTPResponse(status: status, fields: jsonFields, body: body)
  }

  private static let jsonFields = HTTPFields.of(type: "application/json")

  static func text(_ status: Int = 200, _ text: String, type: String = "text/plain; charset=utf-8") -> HTTPResponse {
    HTTPResponse(status: status, fields: .of(type: type), body: Array(text.utf8))
  }

  /// An RFC 9457 problem document, with `Retry-After` where a retry can help.
  static func problem(
    _ error: HubError, status: Int? = nil, fields: HTTPFields = HTTPFields(), trace: TraceContext
  ) -> HTTPResponse {
    let status = status ?? error.code.status
    var fields = fields
    fields.append(.of(type: ProblemDetails.mediaType))
    if status == 429 || status == 503 { fields.append("Retry-After", String(error.retryAfter)) }
    let body = ProblemDetails.encode(error: error, status: status, traceID: trace.traceID.description)
    return HTTPResponse(status: status, fields: fields, body: body)
  }
}

extension HTTPFields {
  /// The type of a body, which no browser shall take for another: what is published comes from anybody.
  static func of(type: String) -> HTTPFields {
    ["Content-Type": type, "X-Content-Type-Options": "nosniff"]
  }
}
