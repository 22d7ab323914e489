import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct HTTPReaderTests {
  private static func reader(bodyLimit: Int = 100, headerBytes: Int = 2000) -> HTTPReader {
    HTTPReader(
      limits: HTTPLimits(headerBytes: headerBytes, headerFields: 20), bodyLimit: bodyLimit)
  }

  private static func admit(_ exchange: Exchange) -> HTTPReader.Reading {
    switch exchange.request.path {
    case "/stream": .parts
    case "/refused": .nothing
    default: .whole
    }
  }

  /// What a reader makes of pieces, one after another, as a connection would drive it.
  private static func transcript(_ pieces: [[UInt8]], _ reader: HTTPReader) -> [String] {
    var lines: [String] = []
    func note(_ step: HTTPReader.Step) -> Bool {
      switch step {
      case .needsInput: return false
      case .expectsContinue: lines.append("continue")
      case .request(let exchange):
        lines.append("\(exchange.request.method.text) \(exchange.request.path) \(text(exchange.body))")
      case .body(let part):
        if lines.last?.hasPrefix("part ") == true {
          lines[lines.count - 1] += text(part)
        } else {
          lines.append("part " + text(part))
        }
      case .bodyEnd: lines.append("end")
      case .failed(let error, let status):
        lines.append("failed \(status) \(error.code.rawValue)")
        return false
      }
      return true
    }
    for piece in pieces {
      var goesOn = note(reader.receive(piece.span, now: Moment(nanoseconds: 0), admit: admit))
      while goesOn, reader.canResume { goesOn = note(reader.resume(now: Moment(nanoseconds: 0), admit: admit)) }
    }
    return lines
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let pipeline = Array(
    """
    POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: h\r\n\r\n\
    POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n\
    POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\none\ntw\
    PUT /d HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nxyGET /e HTTP/1.1\r\nHost: h\r\n\r\n
    """.utf8)
  private static let expected = [
    "POST /a hello", "GET /b ", "POST /c abcde", "POST /stream ", "part one\ntw", "end", "continue", "PUT /d xy",
    "GET /e ",
  ]

  @Test func `pipelined requests come one after another, whole, however the input is split`() {
    let input = Self.pipeline
    #expect(Self.transcript([input], Self.reader()) == Self.expected)
    #expect(Self.transcript(input.map { [$0] }, Self.reader()) == Self.expected)
    for split in 0...input.count {
      let pieces = [Array(input[..<split]), Array(input[split...])]
      #expect(Self.transcript(pieces, Self.reader()) == Self.expected, "split at \(split)")
    }
  }

  @Test func `a body over the limit is refused, by its length or as it comes`() {
    func lines(_ text: String) -> [String] { Self.transcript([Array(text.utf8)], Self.reader(bodyLimit: 4)) }
    #expect(lines("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n1234") == ["POST /a 1234"])
    #expect(lines("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n") == ["failed 413 PAYLOAD_TOO_LARGE"])
    let chunked = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(lines(chunked + "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n") == ["POST /a abcd"])
    #expect(lines(chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == ["failed 413 PAYLOAD_TOO_LARGE"])
  }

  @Test func `of a refused request nothing is kept, and the next one comes`() {
    let text =
      "POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789GET /b HTTP/1.1\r\nHost: h\r\n\r\n"
    let input = Array(text.utf8)
    #expect(Self.transcript([input], Self.reader(bodyLimit: 4)) == ["POST /refused ", "GET /b "])
    #expect(Self.transcript(input.map { [$0] }, Self.reader(bodyLimit: 4)) == ["POST /refused ", "GET /b "])
  }

  @Test func `a streamed body has no limit of its own`() {
    let text = "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789"
    #expect(
      Self.transcript([Array(text.utf8)], Self.reader(bodyLimit: 4)) == ["POST /stream ", "part 123456789", "end"])
  }

  @Test func `what is no request, or has too large a head, fails`() {
    #expect(Self.transcript([Array("NONSENSE\r\n\r\n".utf8)], Self.reader()) == ["failed 400 INVALID_REQUEST"])
    let large = "GET /a HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 3000))\r\n\r\n"
    #expect(Self.transcript([Array(large.utf8)], Self.reader()) == ["failed 431 HEADERS_TOO_LARGE"])
  }

  @Test func `it is idle between requests only, and knows when it is within a body`() {
    let reader = Self.reader()
    #expect(reader.isIdle && !reader.isInBody)
    _ = Self.transcript([Array("POST /a HT".utf8)], reader)
    #expect(!reader.isIdle && !reader.isInBody)
    _ = Self.transcript([Array("TP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na".utf8)], reader)
    #expect(reader.isInBody)
    #expect(Self.transcript([Array("bc".utf8)], reader) == ["POST /a abc"])
    #expect(reader.isIdle && !reader.isInBody)
  }

  @Test func `what arrives behind a request is handed over untouched`() {
    let reader = Self.reader()
    let input = Array("GET /ws HTTP/1.1\r\nHost: h\r\n\r\n".utf8) + [0x81, 0x80, 1, 2, 3, 4]
    _ = reader.receive(input.span, now: Moment(nanoseconds: 0), admit: Self.admit)
    #expect(reader.takePending() == [0x81, 0x80, 1, 2, 3, 4])
    #expect(reader.takePending().isEmpty && !reader.canResume)
  }

  @Test func `a streamed body is under way until its end has been given out, also where all of it has arrived`() {
    let reader = Self.reader()
    let time = Moment(nanoseconds: 0)
    let bytes = Array("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none".utf8)
    guard case .request = reader.receive(bytes.span, now: time, admit: Self.admit) else {
      Issue.record("no request")
      return
    }
    guard case .body = reader.resume(now: time, admit: Self.admit) else {
      Issue.record("no part")
      return
    }
    #expect(!reader.isIdle && reader.canResume, "the part is being published")
    guard case .bodyEnd = reader.resume(now: time, admit: Self.admit) else {
      Issue.record("no end")
      return
    }
    #expect(reader.isIdle && !reader.canResume)
  }
}
