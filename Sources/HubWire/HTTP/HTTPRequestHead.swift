/// The head of a request that we send ourselves: the client's, a webhook's.
package struct HTTPRequestHead: Sendable {
  package var method: HTTPMethod
  /// Path and query as they go on the wire, percent-encoded; see ``PercentEncoding``.
  package var target: String
  /// `HOST` or `HOST:PORT`.
  package var host: String
  /// The other fields; those about framing, and `Host`, are the encoder's.
  package var fields: HTTPFields

  package init(method: HTTPMethod, target: String, host: String, fields: HTTPFields = HTTPFields()) {
    self.method = method
    self.target = target
    self.host = host
    self.fields = fields
  }

  /// The request with a body known as a whole, in one allocation.
  ///
  /// - Parameter body: Nil for none. An empty body is told apart by `Content-Length: 0`.
  package func encode(body: [UInt8]? = nil) -> [UInt8] {
    [UInt8](capacity: headCapacity + (body?.count ?? 0)) { output in
      write(to: &output)
      if let body { output.writeContentLength(body.count) }
      output.writeText("\r\n")
      if let body { output.writeBytes(body.span) }
    }
  }

  /// The head alone, for a body that is sent in chunks; see ``HTTPChunk``.
  package func encodeChunkedHead() -> [UInt8] {
    [UInt8](capacity: headCapacity) { output in
      write(to: &output)
      output.writeText("Transfer-Encoding: chunked\r\n\r\n")
    }
  }

  private var headCapacity: Int {
    method.text.utf8.count + 3 * target.utf8.count + OutputSpan<UInt8>.capacity(for: "Host", host)
      + OutputSpan<UInt8>.capacity(for: fields) + OutputSpan<UInt8>.framingCapacity
  }

  private func write(to output: inout OutputSpan<UInt8>) {
    output.writeBytes(method.text.utf8.span)
    output.writeText(" ")
    for byte in target.utf8 {
      // A blank or control character would end the target, or the line: it is written as its escape.
      if byte <= HTTPBytes.space || byte >= 0x7F {
        output.append(UInt8(ascii: "%"))
        output.append(PercentEncoding.digit(byte >> 4))
        output.append(PercentEncoding.digit(byte & 15))
      } else {
        output.append(byte)
      }
    }
    output.writeText(" HTTP/1.1\r\n")
    output.writeField("Host", host)
    output.writeFields(fields, without: [.length, .transferEncoding, .host])
  }
}
