/// A request method (RFC 9110 section 9); methods are case-sensitive.
package enum HTTPMethod: Hashable, Sendable {
  case get, head, post, put, delete, options
  case other(String)

  package init(_ text: String) {
    switch text {
    case "GET": self = .get
    case "HEAD": self = .head
    case "POST": self = .post
    case "PUT": self = .put
    case "DELETE": self = .delete
    case "OPTIONS": self = .options
    default: self = .other(text)
    }
  }

  package var text: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other(let text): text
    }
  }

  /// Nil where the bytes are not a token. The common methods are told apart without making a string.
  init?(_ bytes: Span<UInt8>) {
    guard HTTPBytes.isToken(bytes) else { return nil }
    if HTTPBytes.equal(bytes, "POST") {
      self = .post
    } else if HTTPBytes.equal(bytes, "GET") {
      self = .get
    } else {
      self.init(HTTPBytes.string(bytes))
    }
  }
}
