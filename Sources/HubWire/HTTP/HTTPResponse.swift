/// An answer whose body is known as a whole.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// The fields that are not about framing; see ``encode(closing:headOnly:date:)``.
  package var fields: HTTPFields
  package var body: [UInt8]

  package init(status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// The answer as bytes, in one allocation.
  ///
  /// The framing is decided here alone: `Content-Length` is added, except to 1xx, 204 and 304, and fields of that
  /// name or `Transfer-Encoding` are left out.
  ///
  /// - Parameters:
  ///   - closing: Says `Connection: close`, in place of any `Connection` field there is.
  ///   - headOnly: Answers HEAD: the fields as for GET, without the body (RFC 9110 section 9.3.2).
  ///   - date: The `Date` field's value, in the format of RFC 9110 section 5.6.7.
  package func encode(closing: Bool, headOnly: Bool, date: String?) -> [UInt8] {
    let hasBody = !HTTPStatus.hasNoBody(status)
    let isWritten = hasBody && !headOnly
    let capacity = Self.headCapacity(fields, date) + (isWritten ? body.count : 0)
    return [UInt8](capacity: capacity) { output in
      output.writeStatusLine(status)
      if let date { output.writeField("Date", date) }
      output.writeFields(
        fields, without: closing ? [.length, .transferEncoding, .connection] : [.length, .transferEncoding])
      if hasBody { output.writeContentLength(body.count) }
      output.writeText(closing ? "Connection: close\r\n\r\n" : "\r\n")
      if isWritten { output.writeBytes(body.span) }
    }
  }

  /// A head with exactly the given fields and no length, for an answer whose body is streamed.
  ///
  /// How the body ends is the caller's to say: `Connection: close` (an event stream), `Transfer-Encoding: chunked`
  /// with ``HTTPChunk``, or an `Upgrade`.
  package static func encodeStreamHead(status: Int, fields: HTTPFields, date: String? = nil) -> [UInt8] {
    [UInt8](capacity: headCapacity(fields, date)) { output in
      output.writeStatusLine(status)
      if let date { output.writeField("Date", date) }
      output.writeFields(fields, without: [])
      output.writeText("\r\n")
    }
  }

  private static func headCapacity(_ fields: HTTPFields, _ date: String?) -> Int {
    OutputSpan<UInt8>.framingCapacity + OutputSpan<UInt8>.capacity(for: fields)
      + (date.map { OutputSpan<UInt8>.capacity(for: "Date", $0) } ?? 0)
  }
}
