import HubWire
import Testing

/// What request smuggling and sloppiness live on, and that each is refused with its status.
struct HTTPRequestRefusalTests {
  static let lines = [
    "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\r\nHost: a\r\n\r\n",
    "GET\r\nHost: a\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET  HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / http/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1,1\r\nHost: a\r\n\r\n",
    "GET / HTTP/11.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/x.1\r\nHost: a\r\n\r\n",
    "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\n",
    "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://user@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n",
  ]

  static let fields = [
    "Host: a\r\n", "Host: b\r\n", "Host:\r\n", "Host: a,b\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: u@a\r\n",
    "Host: a:b\r\n", "Host: a:65536\r\n", "Host: a:000080\r\n", "Host: :80\r\n", "Host: [::1\r\n", "Host: []\r\n",
    "Host: [::1]a\r\n", "Host: a%2\r\n", "Host: a%zz\r\n", "Host: gr\u{f6}\r\n", "Host: a\r\n b\r\n",
    "X: a\r\n b\r\n", "X: a\r\n\tb\r\n", " X: a\r\n", "X : a\r\n", "X\t: a\r\n", ": a\r\n", "X\r\n", "X a\r\n",
    "X(: a\r\n", "X\u{f6}: a\r\n", "X\u{0}: a\r\n", "X: a\u{0}\r\n", "X: a\u{1}b\r\n", "X: \u{b}\r\n", "X: a\u{7f}\r\n",
    "X: a\rb\r\n", "X: a\r\r\n", "X: a\n",
    "Content-Length:\r\n", "Content-Length: +1\r\n", "Content-Length: -1\r\n", "Content-Length: 1 1\r\n",
    "Content-Length: 1,1\r\n", "Content-Length: 1, 2\r\n", "Content-Length: 0x1\r\n", "Content-Length: 1.0\r\n",
    "Content-Length: one\r\n", "Content-Length: \u{661}\r\n", "Content-Length: 9223372036854775808\r\n",
    "Content-Length: 18446744073709551617\r\n", "Content-Length: 99999999999999999999999\r\n",
    "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1\r\ncontent-length: 2\r\n",
    "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
    "Content-Length: 1\r\nTransfer-Encoding: gzip\r\n",
    "Transfer-Encoding:\r\n", "Transfer-Encoding: ,\r\n", "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: chunked,\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: \u{b}chunked\r\n",
  ]

  static let bodies = [
    "\r\n", " 1\r\nx\r\n", "g\r\n", "+1\r\nx\r\n", "-1\r\nx\r\n", "0x1\r\nx\r\n", "1 \r\nx\r\n", "1\nx\r\n",
    "1\r\rx\r\n",
    ";a\r\n", "1\r\nxy\r\n", "1\r\nx\n", "1\r\nx\rx", "1\r\nx0\r\n\r\n", "1;a\nx\r\n", "1;a\rx\r\n", "1;\u{0}\r\nx\r\n",
    "8000000000000000\r\n", "7fffffffffffffff0\r\n", "00000000000000001\r\nx\r\n", "ffffffffffffffff\r\n",
    "1;" + String(repeating: "a", count: 257) + "\r\nx\r\n", "0\r\n\n", "0\r\nX\r\n\r\n", "0\r\nX: a\n\r\n",
    "0\r\n X: a\r\n\r\n", "0\r\nX : a\r\n\r\n", "0\r\nX: \u{0}\r\n\r\n", "0\r\n\rX\r\n",
  ]

  /// A Host line that is refused for what it says, and so must be the only one.
  static func standsAlone(_ field: String) -> Bool {
    field.hasPrefix("Host") && field != "Host: a\r\n" && field != "Host: b\r\n"
  }

  static var malformed: [String] {
    lines + fields.map { "POST / HTTP/1.1\r\n\(standsAlone($0) ? "" : "Host: c\r\n")\($0)\r\n" }
      + bodies.map { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\($0)" }
      + [
        "GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nHost:\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ]
  }

  /// Refused with another status than 400.
  static let others: [(text: String, status: Int)] = [
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    ("GET / HTTP/0.9\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
  ]

  @Test(arguments: malformed)
  func `A malformed request is 400 INVALID_REQUEST`(text: String) {
    let transcript = HTTPTranscript.requests(text)
    #expect(transcript.error?.status == 400)
    #expect(transcript.error?.error.code == .invalidRequest)
  }

  @Test(arguments: others)
  func `An unknown version is 505, an unknown coding 501`(text: String, status: Int) {
    #expect(HTTPTranscript.requests(text).error?.status == status)
    #expect(HTTPTranscript.requests(text).error?.error.code == .invalidRequest)
  }

  @Test(arguments: malformed + others.map(\.text))
  func `However a refused request is cut, the refusal is the same`(text: String) {
    let bytes = Array(text.utf8)
    let whole = HTTPTranscript.requests([bytes])
    for pieces in everyCut(of: bytes) {
      let transcript = HTTPTranscript.requests(pieces)
      #expect(transcript.lines == whole.lines)
      #expect(transcript.error == whole.error)
    }
  }

  @Test func `Nothing is read after a refusal`() {
    let input = Array("nonsense\r\n\r\n".utf8)
    let good = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    let first = #expect(throws: HTTPParseError.self) { try parser.next(input.span, at: &index) }
    index = 0
    let second = #expect(throws: HTTPParseError.self) { try parser.next(good.span, at: &index) }
    #expect(first == second)
  }

  @Test func `A head may be as long as the limit and no longer, and the refusal names the limit`() {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX: yz\r\n\r\n"
    let bytes = Array(text.utf8)
    for pieces in everyCut(of: bytes) {
      #expect(HTTPTranscript.requests(pieces, limits: HTTPLimits(headerBytes: bytes.count)).lines.count == 2)
      let refused = HTTPTranscript.requests(pieces, limits: HTTPLimits(headerBytes: bytes.count - 1))
      #expect(refused.lines.isEmpty)
      #expect(refused.error?.status == 431)
      #expect(refused.error?.error.code == .headersTooLarge)
      #expect(refused.error?.error.detail.contains("\(bytes.count - 1) bytes") == true)
    }
  }

  @Test func `A head without an end is refused as soon as it passes the limit`() {
    let limits = HTTPLimits(headerBytes: 100)
    #expect(HTTPTranscript.requests(String(repeating: "a", count: 100), limits: limits).error == nil)
    #expect(HTTPTranscript.requests(String(repeating: "a", count: 101), limits: limits).error?.status == 431)
    #expect(
      HTTPTranscript.requests(Array(repeating: [UInt8(ascii: "a")], count: 101), limits: limits).error?.status == 431)
  }

  @Test func `A head may have as many fields as the limit and no more, and the refusal names the limit`() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 4)
    let limits = HTTPLimits(headerFields: 5)
    #expect(HTTPTranscript.requests(head + "\r\n", limits: limits).lines.count == 2)
    let refused = HTTPTranscript.requests(head + "X: y\r\n\r\n", limits: limits)
    #expect(refused.error?.status == 431)
    #expect(refused.error?.error.code == .headersTooLarge)
    #expect(refused.error?.error.detail.contains("5 fields") == true)
  }

  @Test func `Trailers have the limits of a head`() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    let limits = HTTPLimits(headerBytes: 100, headerFields: 5)
    let fields = String(repeating: "X: y\r\n", count: 5)
    #expect(HTTPTranscript.requests(head + fields + "\r\n", limits: limits).lines.last == "end")
    for trailers in [fields + "X: y\r\n\r\n", "X: " + String(repeating: "y", count: 94) + "\r\n\r\n"] {
      let bytes = Array((head + trailers).utf8)
      for pieces in everyCut(of: bytes) {
        #expect(HTTPTranscript.requests(pieces, limits: limits).error?.status == 431)
      }
    }
  }

  @Test func `A chunk extension may be as long as its bound`() {
    let extended = "1;" + String(repeating: "a", count: 256) + "\r\nx\r\n0\r\n\r\n"
    let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + extended
    #expect(HTTPTranscript.requests(text).lines.dropFirst() == ["body x", "end"])
  }
}
