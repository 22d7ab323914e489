import HubWire

/// What one method does with a resource, for the router and for whoever reads the document.
struct Operation: Sendable {
  let method: HTTPMethod
  let need: Need
  /// Names it in the document and in what is made from that.
  let name: String
  /// One line.
  let summary: String
  /// What else is to be known of it.
  var detail: String?
  /// Besides those of the path.
  var parameters: [Parameter] = []
  var body: RequestBody?
  var answers: [Answer]
  /// What it may be refused with, besides what every request may.
  var errors: [ErrorCode] = []
  /// It opens a WebSocket and does nothing else.
  var isHandshake = false

  init(
    _ method: HTTPMethod, _ name: String, needs need: Need, _ summary: String, detail: String? = nil,
    parameters: [Parameter] = [], body: RequestBody? = nil, answers: [Answer], errors: [ErrorCode] = [],
    isHandshake: Bool = false
  ) {
    self.method = method
    self.need = need
    self.name = name
    self.summary = summary
    self.detail = detail
    self.parameters = parameters
    self.body = body
    self.answers = answers
    self.errors = errors
    self.isHandshake = isHandshake
  }
}

/// What a request of an operation may carry.
struct RequestBody: Sendable {
  let about: String
  let contents: [Content]
}

/// An answer that is no error.
struct Answer: Sendable {
  let status: Int
  let about: String
  var contents: [Content] = []
}

/// A media type, and what a body of that type is.
struct Content: Sendable {
  let type: String
  var schema: Schema?

  static func json(_ schema: Schema) -> Content { Content(type: "application/json", schema: schema) }
}
