/// Reads HTTP/1.1 and HTTP/1.0 requests (RFC 9112), one after the other, from a connection.
///
/// Call ``next(_:at:)`` until it returns nil, which means that all input was taken, then again with more. However the
/// input is cut, the events are the same (pieces of a body joined), and so is the refusal.
///
/// It refuses, and never repairs, what two readers could read differently: both length fields, a doubled or odd
/// `Content-Length`, codings other than `chunked`, bare CR or LF, folded lines, blanks around a field's name, control
/// characters, a missing or doubled `Host`. After a refusal every call throws the same error.
package struct HTTPRequestParser: Sendable {
  private enum State: Sendable {
    /// Between requests, or in a head.
    case head
    /// The head was given out; its body or end comes next.
    case body
    case failed(HTTPParseError)
  }

  private var state = State.head
  private var reader: HTTPHeadReader
  private var body = HTTPBodyDecoder(.none)

  package init(limits: HTTPLimits) {
    reader = HTTPHeadReader(limits: limits)
  }

  /// Whether no part of a request has been taken: a connection that ends here ends cleanly.
  package var isBetweenRequests: Bool {
    if case .head = state { reader.isIdle } else { false }
  }

  /// - Parameter index: Where to read on in `input`; moved past what was taken.
  /// - Returns: The next event, or nil where more input is needed.
  /// - Throws: 400 for a malformed request, 431 past a limit on the header, 501 for an unknown transfer coding, 505
  ///   for a version other than 1.0 and 1.1.
  package mutating func next(
    _ input: Span<UInt8>, at index: inout Int
  ) throws(HTTPParseError) -> HTTPRequestEvent? {
    do throws(HTTPParseError) {
      switch state {
      case .head:
        guard let head = try reader.next(input, at: &index) else { return nil }
        let request = try HTTPRequest(head)
        body = HTTPBodyDecoder(request.bodyLength)
        state = .body
        return .head(request)
      case .body:
        switch try body.next(input, at: &index, reader: &reader) {
        case nil: return nil
        case .body(let range): return .body(range)
        case .end:
          state = .head
          return .end
        }
      case .failed(let error): throw error
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }
}
