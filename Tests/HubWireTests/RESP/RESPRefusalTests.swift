import HubWire
import Testing

/// What the parser refuses, and that it reads nothing after it.
@Suite struct RESPRefusalTests {
  @Test(arguments: [
    "\r\n", "OK\r\n", "HTTP/1.1 400 Bad Request\r\n", "+a\nb\r\n", "+a\rb\r\n", "\n", "\r\r",
    ":\r\n", ":-\r\n", ":+\r\n", ":1.5\r\n", ": 1\r\n", ":1 \r\n", ":--1\r\n", ":9223372036854775808\r\n",
    ":-9223372036854775809\r\n", ":99999999999999999999\r\n", "$\r\n", "$a\r\n", "$-2\r\n", "$+1\r\na\r\n",
    "$1\r\nab\r\n", "$1\r\na\n\n", "$1\r\na\rb", "$0\r\na\r\n", "*-2\r\n", "*x\r\n", "%-1\r\n", "~-1\r\n", ">-1\r\n",
    "|-1\r\n", "=-1\r\n", "!-1\r\n", "=3\r\ntxt\r\n", "=4\r\ntext\r\n", "=0\r\n\r\n", "_a\r\n", "#\r\n", "#x\r\n",
    "#tt\r\n",
    ",\r\n", ",-\r\n", ",1.5x\r\n", ",0x10\r\n", ",infinity\r\n", ",nan(1)\r\n", ",1e\r\n", ",1-2\r\n", ", 1\r\n",
    "(\r\n", "(-\r\n", "(1.5\r\n", "(0x1\r\n", "*1\r\n>1\r\n:1\r\n", "*1\r\n>0\r\n", "*1\r\n%1\r\n:1\r\nx\r\n",
  ])
  func `What is not the protocol is refused, however it is cut`(text: String) {
    let bytes = Array("+before\r\n\(text)+behind\r\n".utf8)
    let whole = RESPReceived([bytes])
    #expect(whole.values == [.simple("before")])
    guard case .malformed? = whole.error else {
      Issue.record("it is taken, or refused for another reason: \(String(describing: whole.error))")
      return
    }
    for pieces in everyCut(of: bytes) { #expect(RESPReceived(pieces) == whole) }
  }

  @Test(arguments: ["$?\r\n;4\r\nwith\r\n;0\r\n", "*?\r\n.\r\n", "~?\r\n", "%?\r\n", ".\r\n", ";4\r\nwith\r\n"])
  func `A value whose length comes last is refused as such`(text: String) {
    let bytes = Array(text.utf8)
    for pieces in everyCut(of: bytes) {
      #expect(RESPReceived(pieces).error == .unsupported("a value whose length is told at its end"))
    }
  }

  /// Each of these is at its limit; one more, and it is refused as soon as that is known.
  static let limits = RESPLimits(bulk: 10, line: 12, elements: 4, depth: 3, value: 60)

  @Test(arguments: [
    ("$10\r\n0123456789\r\n", "$11\r\n"), ("!10\r\n0123456789\r\n", "!11\r\n"), ("=10\r\ntxt:456789\r\n", "=11\r\n"),
    ("+0123456789a\r\n", "+0123456789ab"), ("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n", "*5\r\n"),
    ("%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", "%3\r\n"), ("|2\r\n:1\r\n:2\r\n:3\r\n:4\r\n_\r\n", "|3\r\n"),
    ("$10\r\n0123456789\r\n", "$9223372036854775807\r\n"), ("%0\r\n", "%9223372036854775807\r\n"),
    ("*1\r\n~1\r\n%1\r\n:1\r\n*0\r\n", "*1\r\n~1\r\n%1\r\n:1\r\n*1\r\n"),
    (
      "*4\r\n+0123456789a\r\n+0123456789a\r\n+0123456789a\r\n$8\r\n01234567\r\n",
      "*4\r\n+0123456789a\r\n+0123456789a\r\n+0123456789a\r\n$9\r\n"
    ),
    (
      "|1\r\n+0123456789a\r\n+0123456789a\r\n*1\r\n+0123456789a\r\n",
      "|1\r\n+0123456789a\r\n+0123456789a\r\n*2\r\n+0123456789a\r\n+012345678\r\n"
    ),
  ])
  func `What passes a limit is refused before it has come`(within: String, beyond: String) {
    let taken = RESPReceived(within, limits: Self.limits)
    #expect(taken.values.count == 1 && taken.error == nil)
    let bytes = Array("\(within)\(beyond)".utf8)
    let whole = RESPReceived([bytes], limits: Self.limits)
    #expect(whole.values == taken.values)
    guard case .tooLarge? = whole.error else {
      Issue.record("it is taken, or refused for another reason: \(String(describing: whole.error))")
      return
    }
    for pieces in everyCut(of: bytes) { #expect(RESPReceived(pieces, limits: Self.limits) == whole) }
  }

  /// A promise alone must not cost what it promises: no machine has so much.
  @Test func `An aggregate is given no more room than its bytes can fill`() {
    var limits = RESPLimits()
    limits.elements = .max / 4
    for promise in ["*1000000000000\r\n", "%1000000000000\r\n", "*1000000000000\r\n*1000000000000\r\n:1\r\n"] {
      #expect(RESPReceived(promise, limits: limits).error == nil)
    }
  }

  @Test func `An error is told each time, and what comes behind it is dropped`() {
    var parser = RESPParser()
    parser.receive(Array("*2\r\n:1\r\nx\r\n:3\r\n".utf8).span)
    for _ in 0..<3 {
      #expect(throws: RESPError.malformed("no value begins with byte 120")) { try parser.next() }
      parser.receive(Array(":1\r\n".utf8).span)
    }
  }

  @Test func `An error says what is wrong in a sentence`() {
    #expect("\(RESPError.malformed("a LF stands alone"))" == "what the server sent is malformed: a LF stands alone")
    #expect("\(RESPError.tooLarge("x"))" == "what the server sent is too large: x")
    #expect("\(RESPError.unsupported("x"))" == "what the server sent is not supported: x")
  }
}
