import HubTesting
import HubWire
import Testing

struct HTTPResponseParserTests {
  struct Case: Sendable {
    var text: String
    var methods: [HTTPMethod] = [.get]
    var atEnd = false
    var lines: [String]
    var rest = 0
  }

  static let read: [Case] = [
    Case(
      text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      methods: [.get, .get],
      lines: [
        "200 1.1 length(5) keep-alive [Content-Length=5]", "body hello", "end",
        "404 1.1 length(0) keep-alive [Content-Length=0]", "end",
      ]),
    Case(
      text:
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: u\r\n\r\n",
      lines: ["200 1.1 chunked [Transfer-Encoding=chunked][Connection=close]", "body abcde", "end"]),
    Case(text: "HTTP/1.1 200 \r\n\r\nabc", atEnd: true, lines: ["200 1.1 untilClose ", "body abc", "end"]),
    Case(text: "HTTP/1.1 200 OK\r\n\r\nabc", lines: ["200 1.1 untilClose ", "body abc"]),
    Case(
      text: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", atEnd: true,
      lines: ["200 1.0 length(1) [Content-Length=1]", "body a", "end"]),
    Case(
      text: "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\na",
      lines: ["200 1.0 length(1) keep-alive [Content-Length=1][Connection=keep-alive]", "body a", "end"]),
    Case(
      text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
        + "HTTP/1.1 204 No Content\r\n\r\n",
      methods: [.head, .get, .delete],
      lines: [
        "200 1.1 none keep-alive [Content-Length=5]", "end", "304 1.1 none keep-alive [Content-Length=5]", "end",
        "204 1.1 none keep-alive ", "end",
      ]),
    Case(
      text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        + "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
      lines: ["201 1.1 length(0) keep-alive [Content-Length=0]", "end"]),
    Case(
      text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 ", atEnd: true,
      lines: ["101 1.1 none keep-alive [Upgrade=websocket]", "end"], rest: 9),
    Case(text: "", atEnd: true, lines: []),
  ]

  @Test(arguments: read.indices)
  func `An answer is told as it is, however it is cut`(index: Int) {
    let wanted = Self.read[index]
    let bytes = Array(wanted.text.utf8)
    for pieces in [[bytes]] + everyCut(of: bytes) {
      let transcript = HTTPTranscript.answers(pieces, to: wanted.methods, atEnd: wanted.atEnd)
      #expect(transcript.lines == wanted.lines)
      #expect(transcript.error == nil)
      #expect(transcript.rest == wanted.rest)
    }
  }

  @Test(arguments: [
    "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n",
    "HTTP/1.1 200 OK\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nX\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 204 OK\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx",
    String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17),
  ])
  func `A malformed answer is 502, however it is cut`(text: String) {
    let bytes = Array(text.utf8)
    let whole = HTTPTranscript.answers([bytes])
    #expect(whole.error?.status == 502)
    #expect(whole.error?.error.code == .internal)
    for pieces in everyCut(of: bytes) {
      let transcript = HTTPTranscript.answers(pieces)
      #expect(transcript.error == whole.error)
      #expect(transcript.lines == whole.lines)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
  ])
  func `An answer that is cut short by the connection's end is refused`(text: String) {
    #expect(HTTPTranscript.answers([Array(text.utf8)]).error == nil)
    #expect(HTTPTranscript.answers([Array(text.utf8)], atEnd: true).error?.status == 502)
  }

  @Test(arguments: [200, 201, 204, 304, 400, 500], [[], Array("hello".utf8)])
  func `The parser reads what the encoder writes`(status: Int, body: [UInt8]) {
    let answer = HTTPResponse(status: status, fields: ["X-One": "1"], body: body)
    let isBare = status == 204 || status == 304
    for closing in [false, true] {
      for method in [HTTPMethod.get, .head] {
        let bytes = answer.encode(closing: closing, headOnly: method == .head, date: "now")
        let transcript = HTTPTranscript.answers([bytes, bytes], to: [method, method])
        let length = isBare ? "" : "[Content-Length=\(body.count)]"
        let framing = isBare || method == .head ? "none" : "length(\(body.count))"
        var one = [
          "\(status) 1.1 \(framing)\(closing ? "" : " keep-alive") [Date=now][X-One=1]\(length)"
            + (closing ? "[Connection=close]" : "")
        ]
        if !isBare, method == .get, !body.isEmpty { one.append("body hello") }
        one.append("end")
        #expect(transcript.lines == one + one)
      }
    }
  }

  @Test func `A stream of chunks is read back`() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<100 {
      var bytes = HTTPResponse.encodeStreamHead(status: 200, fields: ["Transfer-Encoding": "chunked"])
      var text = ""
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let piece = String(repeating: "x", count: Int.random(in: 0...300, using: &random))
        text += piece
        bytes += HTTPChunk.encode(Array(piece.utf8))
      }
      bytes += HTTPChunk.last
      let lines = HTTPTranscript.answers([bytes]).lines
      #expect(lines.last == "end")
      #expect(lines.dropFirst().dropLast() == (text.isEmpty ? [] : ["body " + text]))
    }
  }
}
