import HubTesting
import HubWire
import Testing

struct HTTPRequestParserTests {
  /// Requests that are served, with what the parser says of them.
  static let served: [(text: String, lines: [String])] = [
    (
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      ["GET / ?- 1.1 host=a none keep-alive [Host=a]", "end"]
    ),
    (
      "POST /v1/rooms/orders/events?event=created&x HTTP/1.1\r\nhost:localhost:8080\r\nContent-Type: \t text/plain \t\r\n"
        + "CONTENT-LENGTH: 5\r\n\r\nhello",
      [
        "POST /v1/rooms/orders/events ?event=created&x 1.1 host=localhost:8080 length(5) keep-alive "
          + "[host=localhost:8080][Content-Type=text/plain][CONTENT-LENGTH=5]",
        "body hello", "end",
      ]
    ),
    (
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\nExpect: 100-Continue\r\n\r\n"
        + "5\r\nhello\r\n0B;name=\"value\"\r\n, dear\r\n me\r\n0\r\nX-Trailer: yes\r\nContent-Length: nonsense\r\n\r\n",
      [
        "POST /a ?- 1.1 host=a chunked keep-alive expect "
          + "[Host=a][Transfer-Encoding=CHUNKED][Expect=100-Continue]",
        "body hello, dear\r\n me", "end",
      ]
    ),
    (
      "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\nConnection: foo , Close\r\n\r\n",
      [
        "PUT /a ?- 1.1 host=a length(0) [Host=a][Content-Length=0][Expect=100-continue][Connection=foo , Close]", "end",
      ]
    ),
    ("GET /old HTTP/1.0\r\n\r\n", ["GET /old ?- 1.0 host= none ", "end"]),
    (
      "GET /old HTTP/1.0\r\nConnection: keep-alive\r\nHost: a:\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
      [
        "GET /old ?- 1.0 host=a: length(1) keep-alive "
          + "[Connection=keep-alive][Host=a:][Expect=100-continue][Content-Length=1]", "body x", "end",
      ]
    ),
    (
      "GET /ws HTTP/1.1\r\nHost: [::1]:80\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n\r\n",
      [
        "GET /ws ?- 1.1 host=[::1]:80 none keep-alive upgrade "
          + "[Host=[::1]:80][Connection=keep-alive, Upgrade][Upgrade=h2c, WebSocket]", "end",
      ]
    ),
    (
      "GET /ws HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
      ["GET /ws ?- 1.0 host=a none [Host=a][Connection=Upgrade][Upgrade=websocket]", "end"]
    ),
    (
      "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
      ["GET /ws ?- 1.1 host=a none keep-alive [Host=a][Upgrade=websocket]", "end"]
    ),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["OPTIONS * ?- 1.1 host=a none keep-alive [Host=a]", "end"]),
    (
      "OPTIONS http://b:81 HTTP/1.1\r\nHost: a\r\n\r\n", ["OPTIONS * ?- 1.1 host=b:81 none keep-alive [Host=a]", "end"]
    ),
    ("GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / ?- 1.1 host=b none keep-alive [Host=a]", "end"]),
    (
      "GET https://b?q=/ HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / ?q=/ 1.1 host=b none keep-alive [Host=a]", "end"]
    ),
    (
      "HEAD http://b/c?d?e HTTP/1.1\r\nHost: a\r\n\r\n", ["HEAD /c ?d?e 1.1 host=b none keep-alive [Host=a]", "end"]
    ),
    (
      "\r\n\r\n\r\n\r\nPATCH /größe? HTTP/1.1\r\nHost: a\r\nX:\r\nX: \u{e9}\t\u{e9}\r\n\r\n",
      ["PATCH /größe ? 1.1 host=a none keep-alive [Host=a][X=][X=\u{e9}\t\u{e9}]", "end"]
    ),
  ]

  @Test(arguments: served.indices)
  func `A request is told as it is`(index: Int) {
    let transcript = HTTPTranscript.requests(Self.served[index].text)
    #expect(transcript.lines == Self.served[index].lines)
    #expect(transcript.error == nil)
    #expect(transcript.isBetweenRequests)
    #expect(transcript.rest == 0)
  }

  @Test(arguments: served.indices)
  func `However a request is cut, it is the same`(index: Int) {
    let bytes = Array(Self.served[index].text.utf8)
    let whole = HTTPTranscript.requests([bytes])
    for pieces in everyCut(of: bytes) { #expect(HTTPTranscript.requests(pieces) == whole) }
  }

  @Test func `Pipelined requests come out one after the other, however they are cut`() {
    let text = Self.served.map(\.text).joined()
    let whole = HTTPTranscript.requests(text)
    #expect(whole.lines == Self.served.flatMap(\.lines))
    #expect(whole.isBetweenRequests)
    for pieces in everyCut(of: Array(text.utf8)) { #expect(HTTPTranscript.requests(pieces) == whole) }
  }

  @Test func `Random cuts change nothing`() {
    var random = SeededRandom(seed: 0x5eed)
    let bytes = Array(Self.served.map(\.text).joined().utf8)
    let whole = HTTPTranscript.requests([bytes])
    for _ in 0..<200 {
      var pieces: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...min(rest.count, 90), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(HTTPTranscript.requests(pieces) == whole)
    }
  }

  @Test func `The parser is between requests only where nothing of one was taken`() {
    #expect(HTTPTranscript.requests("").isBetweenRequests)
    #expect(HTTPTranscript.requests("\r\n").isBetweenRequests)
    #expect(!HTTPTranscript.requests("G").isBetweenRequests)
    #expect(!HTTPTranscript.requests("GET / HTTP/1.1\r\nHost: a\r\n").isBetweenRequests)
    #expect(!HTTPTranscript.requests("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx").isBetweenRequests)
    #expect(HTTPTranscript.requests("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy").isBetweenRequests)
    #expect(!HTTPTranscript.requests("nonsense\r\n\r\n").isBetweenRequests)
  }

  @Test func `A body is handed out as ranges of the input, without waiting for the rest`() throws {
    let input = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc".utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head = try parser.next(input.span, at: &index) else { return #expect(Bool(false), "no head") }
    guard case .body(let range) = try parser.next(input.span, at: &index) else {
      return #expect(Bool(false), "no body")
    }
    #expect(range == input.count - 3..<input.count)
    #expect(index == input.count)
    let isMissingInput = try parser.next(input.span, at: &index) == nil
    #expect(isMissingInput)
  }

  @Test func `After an upgrade request what follows is left in the input`() throws {
    let input = Array(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\u{81}frame".utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    while let event = try parser.next(input.span, at: &index) {
      if case .end = event { break }
    }
    #expect(input[index...].elementsEqual("\u{81}frame".utf8))
  }

  @Test func `Only HTTP 1.0 needs to be told that the connection stays`() throws {
    #expect(try request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").needsKeepAliveField)
    #expect(try !request("GET / HTTP/1.0\r\nConnection: Keep-Alive, close\r\n\r\n").needsKeepAliveField)
    #expect(try !request("GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n").needsKeepAliveField)
  }
}

/// The first request in the text.
func request(_ text: String) throws -> HTTPRequest {
  let input = Array(text.utf8)
  var parser = HTTPRequestParser(limits: HTTPLimits())
  var index = 0
  guard case .head(let request) = try parser.next(input.span, at: &index) else {
    throw HubError(.invalidRequest, "the request is not complete")
  }
  return request
}
