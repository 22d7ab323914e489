/// The head of an answer, as a client reads it.
package struct HTTPResponseHead: Sendable {
  package let status: Int
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  package let minorVersion: Int
  package let fields: HTTPFields
  package let bodyLength: HTTPBodyLength
  /// Whether the connection can be used again after this answer.
  package let keepsAlive: Bool

  /// - Parameter method: Of the request; an answer to HEAD has no body whatever its fields say.
  /// - Throws: Where the status line or the framing is malformed.
  init(_ head: HTTPHead, answering method: HTTPMethod) throws(HTTPParseError) {
    let line = head.bytes.span.extracting(first: head.startLineCount)
    (minorVersion, status) = try Self.statusLine(line)
    let length = try head.known.bodyLength(minorVersion: minorVersion)
    if HTTPStatus.hasNoBody(status) || method == .head {
      bodyLength = .none
    } else {
      bodyLength = length == .none ? .untilClose : length
    }
    keepsAlive = bodyLength != .untilClose && head.known.keepsAlive(minorVersion: minorVersion)
    fields = head.fields
  }

  /// `HTTP/1.x SP status SP reason`; the reason, and the blank before it, may be missing (RFC 9112 section 4).
  private static func statusLine(_ line: Span<UInt8>) throws(HTTPParseError) -> (minorVersion: Int, status: Int) {
    guard line.count >= 12, HTTPBytes.equal(line.extracting(0..<7), "HTTP/1."), line[8] == HTTPBytes.space,
      line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1"),
      line.count == 12 || line[12] == HTTPBytes.space
    else { throw .malformed("the status line is not HTTP/1.1 STATUS REASON") }
    var status = 0
    for index in 9..<12 {
      guard HTTPBytes.isDigit(line[index]) else { throw .malformed("the status is not a number of three digits") }
      status = status * 10 + Int(line[index] &- UInt8(ascii: "0"))
    }
    guard HTTPBytes.isValue(line.extracting(12..<line.count)) else {
      throw .malformed("the status line holds a control character")
    }
    guard status >= 100 else { throw .malformed("the status is below 100") }
    return (Int(line[7] &- UInt8(ascii: "0")), status)
  }
}
