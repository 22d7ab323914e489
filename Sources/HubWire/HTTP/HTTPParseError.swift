/// Why a message was refused: the status to answer with, and what to tell the peer.
///
/// After it the connection cannot be read further: where the next message begins is unknown (RFC 9112 section 6.3).
package struct HTTPParseError: Error, Sendable, Equatable {
  /// 400, 431, 501 or 505; 502 where an answer, not a request, was malformed.
  package var status: Int
  package var error: HubError

  package init(status: Int, error: HubError) {
    self.status = status
    self.error = error
  }

  /// A 400 `INVALID_REQUEST`.
  static func malformed(_ detail: String) -> HTTPParseError {
    HTTPParseError(status: 400, error: HubError(.invalidRequest, detail))
  }

  /// A 431 `HEADERS_TOO_LARGE`.
  static func tooLarge(_ detail: String) -> HTTPParseError {
    HTTPParseError(status: 431, error: HubError(.headersTooLarge, detail))
  }

  /// What a client reports when the server's answer is malformed.
  var asBadAnswer: HTTPParseError {
    HTTPParseError(status: 502, error: HubError(.internal, "the server's answer is malformed: \(error.detail)"))
  }
}
