/// The head of a request, checked and ready to be routed.
///
/// An object, since it is handed from step to step: a copy of the struct would retain five things each time.
package final class HTTPRequest: Sendable {
  package let method: HTTPMethod
  /// The path as it was sent, not decoded; of an absolute-form target only the path. `*` for `OPTIONS *`.
  package let path: String
  /// What follows the first `?`, not decoded.
  package let query: String?
  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  package let minorVersion: Int
  package let fields: HTTPFields
  package let bodyLength: HTTPBodyLength
  /// Whether the client lets the connection be used again.
  package let keepsAlive: Bool
  /// Whether the client waits for `100 Continue` before it sends its body (RFC 9110 section 10.1.1).
  package let expectsContinue: Bool
  /// Whether the client asks to go on as a WebSocket; the handshake itself is not checked here.
  package let wantsUpgrade: Bool
  /// Whether there is a field `Origin`.
  package let hasOrigin: Bool
  /// Whether there are fields of a CloudEvent in binary mode.
  package let hasCloudEvent: Bool
  private let hasContentEncoding: Bool
  private let hasIdempotencyKey: Bool
  /// Where the authority lies in the head.
  private let authority: Range<Int>?

  /// The value of `Content-Encoding` (RFC 9110 section 8.4).
  package var contentEncoding: String? { hasContentEncoding ? fields["Content-Encoding"] : nil }

  /// The value of `Idempotency-Key`.
  package var idempotencyKey: String? { hasIdempotencyKey ? fields["Idempotency-Key"] : nil }

  /// Whom the request is for, `HOST` or `HOST:PORT` as sent; the authority of an absolute-form target wins over the
  /// Host field (RFC 9112 section 3.2.2). Empty only for HTTP/1.0 without a Host. Made anew on each use.
  package var host: String {
    let bytes = fields.bytes
    return authority.map { HTTPBytes.string(bytes.span.extracting($0)) } ?? ""
  }

  /// Whether the answer must say `Connection: keep-alive`: HTTP/1.0 clients wait for the end of the connection
  /// without it.
  package var needsKeepAliveField: Bool { minorVersion == 0 && keepsAlive }

  /// - Throws: 400, 501 or 505; see ``HTTPRequestParser``.
  init(_ head: HTTPHead) throws(HTTPParseError) {
    let bytes = head.bytes.span
    let line = try HTTPRequestLine(bytes.extracting(first: head.startLineCount))
    let known = head.known
    minorVersion = line.minorVersion
    authority = try Self.authority(bytes, line, known)
    bodyLength = try known.bodyLength(minorVersion: line.minorVersion)
    method = line.method
    if line.path.isEmpty {
      path = line.method == .options && line.query == nil ? "*" : "/"
    } else {
      path = HTTPBytes.string(bytes.extracting(line.path))
    }
    query = line.query.map { HTTPBytes.string(head.bytes.span.extracting($0)) }
    fields = head.fields
    hasOrigin = known.hasOrigin
    hasContentEncoding = known.hasContentEncoding
    hasIdempotencyKey = known.hasIdempotencyKey
    hasCloudEvent = known.hasCloudEvent
    keepsAlive = known.keepsAlive(minorVersion: line.minorVersion)
    expectsContinue =
      known.expectsContinue && line.minorVersion >= 1 && bodyLength != .none && bodyLength != .length(0)
    wantsUpgrade = known.upgradesToWebSocket && known.connection.contains(.upgrade) && line.minorVersion >= 1
  }

  private static func authority(
    _ bytes: Span<UInt8>, _ line: HTTPRequestLine, _ known: HTTPKnownFields
  ) throws(HTTPParseError) -> Range<Int>? {
    if let host = known.host {
      guard HTTPHost.isValid(bytes.extracting(host)) else {
        throw .malformed("the Host field is not HOST or HOST:PORT")
      }
    } else if line.minorVersion >= 1 {
      throw .malformed("the Host field is missing")
    }
    return line.authority ?? known.host
  }
}
