/// Reads the answers on a connection that we opened: the client side of ``HTTPRequestParser``, used in the same way.
///
/// Interim answers (1xx) are read over, except `101 Switching Protocols`, after which nothing more is taken.
package struct HTTPResponseParser: Sendable {
  private enum State: Sendable {
    /// Between answers, or in a head.
    case head
    /// The head was given out; its body or end comes next.
    case body
    /// The connection speaks another protocol, or has ended.
    case over
    case failed(HTTPParseError)
  }

  /// How many interim answers may precede one final answer.
  static let maximumInterim = 16

  /// The method of the request whose answer comes next; set it before each answer.
  package var method: HTTPMethod
  private var state = State.head
  private var reader: HTTPHeadReader
  private var body = HTTPBodyDecoder(.none)
  private var interim = 0
  /// Whether nothing can follow the answer at hand.
  private var isLast = false

  package init(limits: HTTPLimits = HTTPLimits(), method: HTTPMethod = .get) {
    self.method = method
    reader = HTTPHeadReader(limits: limits)
  }

  /// - Parameter index: Where to read on in `input`; moved past what was taken.
  /// - Returns: The next event, or nil where more input is needed, and always after a 101 or the connection's end.
  /// - Throws: 502 where the answer is malformed or its header passes a limit; then every call throws it again.
  package mutating func next(
    _ input: Span<UInt8>, at index: inout Int
  ) throws(HTTPParseError) -> HTTPResponseEvent? {
    do throws(HTTPParseError) {
      switch state {
      case .head: return try nextHead(input, at: &index).map { .head($0) }
      case .body:
        switch try body.next(input, at: &index, reader: &reader) {
        case nil: return nil
        case .body(let range): return .body(range)
        case .end:
          state = isLast ? .over : .head
          return .end
        }
      case .over: return nil
      case .failed(let error): throw error
      }
    } catch {
      throw fail(error)
    }
  }

  private mutating func nextHead(
    _ input: Span<UInt8>, at index: inout Int
  ) throws(HTTPParseError) -> HTTPResponseHead? {
    while let head = try reader.next(input, at: &index) {
      let response = try HTTPResponseHead(head, answering: method)
      isLast = response.status == 101
      if response.status >= 200 || isLast {
        interim = 0
        body = HTTPBodyDecoder(response.bodyLength)
        state = .body
        return response
      }
      interim += 1
      guard interim <= Self.maximumInterim else {
        throw .malformed("there are more than \(Self.maximumInterim) interim answers")
      }
    }
    return nil
  }

  /// The server closed its side. A body that lasts until then is complete: call ``next(_:at:)`` once more, with no
  /// input, for its end.
  ///
  /// - Throws: 502 where an answer was cut short. Between answers it does not throw.
  package mutating func receivedEnd() throws(HTTPParseError) {
    switch state {
    case .head where reader.isIdle: state = .over
    case .body where body.endsWithConnection:
      body.finish()
      isLast = true
    case .over: break
    case .failed(let error): throw error
    case .head, .body: throw fail(.malformed("the connection ended in the middle of it"))
    }
  }

  private mutating func fail(_ error: HTTPParseError) -> HTTPParseError {
    if case .failed = state { return error }
    let failure = error.asBadAnswer
    state = .failed(failure)
    return failure
  }
}
