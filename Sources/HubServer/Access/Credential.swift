import HubWire

/// A key or token as a request presents it (RFC 6750 sections 2.1 and 2.3).
struct Credential: Equatable {
  let text: String
  /// In the URL, which is all that a browser's `WebSocket` and `EventSource` can do; such a URL is never logged.
  let isInQuery: Bool

  /// Nil where the request presents none. The field wins over the URL.
  ///
  /// - Throws: `UNAUTHORIZED` for another scheme than `Bearer`, or more than one field; `INVALID_REQUEST` for a query
  ///   that is none.
  init?(_ request: HTTPRequest) throws(HubError) {
    let fields = request.fields.values(of: "Authorization")
    guard fields.count <= 1 else { throw HubError(.unauthorized, "there is more than one Authorization field") }
    if let field = fields.first {
      guard let text = Self.bearer(field) else {
        throw HubError(.unauthorized, "the Authorization field must be `Bearer`, one blank, and a key or token")
      }
      self.init(text: text, isInQuery: false)
      return
    }
    guard request.query != nil, request.method == .get || request.method == .head,
      let token = try HTTPQuery(request.query)["token"]
    else { return nil }
    self.init(text: token, isInQuery: true)
  }

  private init(text: String, isInQuery: Bool) {
    self.text = text
    self.isInQuery = isInQuery
  }

  /// The scheme's name counts in any case (RFC 9110 section 11.1).
  private static func bearer(_ field: String) -> String? {
    let scheme = "bearer "
    guard field.utf8.count > scheme.utf8.count, field.prefix(scheme.count).lowercased() == scheme else { return nil }
    let token = field.dropFirst(scheme.count).drop { $0 == " " }
    return token.isEmpty || token.contains(" ") ? nil : String(token)
  }
}
