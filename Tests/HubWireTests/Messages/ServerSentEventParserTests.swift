import HubWire
import Testing

/// What a parser makes of pieces: its events, and what it knows at the end.
struct StreamReading: Equatable {
  var events: [ServerSentEvent] = []
  var lastEventID = ""
  var reconnectionTime: Int?
}

func events(of pieces: [[UInt8]], maximumEvent: Int = 1 << 20) throws(HubError) -> StreamReading {
  var parser = ServerSentEventParser(maximumEvent: maximumEvent)
  var reading = StreamReading()
  for piece in pieces {
    var index = 0
    while let event = try parser.next(piece.span, at: &index) { reading.events.append(event) }
    if index != piece.count { throw HubError(.internal, "input is left over") }
  }
  reading.lastEventID = parser.lastEventID
  reading.reconnectionTime = parser.reconnectionTime
  return reading
}

@Suite struct ServerSentEventParserTests {
  private func read(_ text: String) throws -> StreamReading { try events(of: [Array(text.utf8)]) }

  private func event(_ data: String, name: String = "message", id: String = "") -> ServerSentEvent {
    ServerSentEvent(id: id, name: name, data: Array(data.utf8))
  }

  /// The examples of WHATWG HTML section 9.2.6.
  @Test func `the examples of the standard`() throws {
    #expect(try read("data: YHOO\ndata: +2\ndata: 10\n\n").events == [event("YHOO\n+2\n10")])
    #expect(
      try read(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n").events
        == [event("first event", id: "1"), event("second event"), event(" third event")])
    #expect(try read("data\n\ndata\ndata\n\ndata:").events == [event(""), event("\n")])
    #expect(try read("data:test\n\ndata: test\n\n").events == [event("test"), event("test")])
  }

  @Test func `lines end with CR, LF or both`() throws {
    for end in ["\n", "\r", "\r\n"] {
      let text = "id: 1\(end)event: a\(end)data: x\(end)data: y\(end)\(end)data: z\(end)\(end)"
      #expect(try read(text).events == [event("x\ny", name: "a", id: "1"), event("z", id: "1")])
    }
    #expect(try read("data: x\r\n\ndata: y\n\r\n\rdata: z\r\r").events.map(\.data.count) == [1, 1, 1])
  }

  @Test func `only the first byte order mark is taken away`() throws {
    #expect(try read("\u{FEFF}data: x\n\n").events == [event("x")])
    #expect(try read("\u{FEFF}\u{FEFF}data: x\n\n").events.isEmpty)
    #expect(try read("\n\u{FEFF}data: x\n\n").events.isEmpty)
    #expect(try read("data: \u{FEFF}x\n\n").events == [event("\u{FEFF}x")])
  }

  @Test func `an id with a zero byte is ignored, and an empty one takes the id away`() throws {
    #expect(try read("id: 1\nid: 2\u{0}\ndata: x\n\n").events == [event("x", id: "1")])
    #expect(try read("id: 1\ndata: x\n\nid\ndata: y\n\n").events == [event("x", id: "1"), event("y")])
  }

  @Test func `an id counts once an empty line has confirmed it`() throws {
    #expect(try read("id: 1\n\n") == StreamReading(events: [], lastEventID: "1"))
    #expect(try read("id: 1\n\nid: 2\ndata: x\n") == StreamReading(events: [], lastEventID: "1"))
  }

  @Test func `a name holds for one event, and an event without data is none`() throws {
    #expect(try read("event: a\n\ndata: x\n\n").events == [event("x")])
    #expect(try read("event: a\nevent: b\ndata: x\n\ndata: y\n\n").events == [event("x", name: "b"), event("y")])
    #expect(try read("event:\ndata: x\n\n").events == [event("x")])
  }

  @Test func `retry is digits alone`() throws {
    #expect(try read("retry: 1830\n").reconnectionTime == 1_830)
    for text in [
      "retry: -1\n", "retry: 1.5\n", "retry: x\n", "retry:\n", "retry: 99999999999999999999\n", "retry: ٣\n",
    ] {
      #expect(try read(text).reconnectionTime == nil)
    }
  }

  @Test func `unknown fields and comments are ignored`() throws {
    #expect(try read(": c\nx: y\nDATA: x\n data: x\ndata: z\n\n").events == [event("z")])
  }

  @Test func `every split of the input gives the same`() throws {
    let text =
      "\u{FEFF}retry: 5\r\n:c\r\rid: 1\r\nevent: é\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n"
      + "id: 2\ndata: y\n\n\rdata\r\r\nid: 3"
    let bytes = Array(text.utf8)
    let whole = try events(of: [bytes])
    #expect(whole.events.count == 3 && whole.lastEventID == "2" && whole.reconnectionTime == 5)
    #expect(try events(of: bytes.map { [$0] }) == whole)
    for place in 0...bytes.count {
      #expect(try events(of: [Array(bytes[..<place]), Array(bytes[place...])]) == whole)
    }
    var random = RandomJSON(seed: 21)
    for _ in 0..<300 {
      let stream = (0..<random.below(60)).flatMap { _ in
        Array(
          random.pick(["data", "id", "event", ":", " ", "\r", "\n", "\r\n", "\n\n", "x", "\u{0}", "\u{FEFF}"]).utf8)
      }
      let whole = try events(of: [stream])
      #expect(try events(of: stream.map { [$0] }) == whole)
      let place = random.below(stream.count + 1)
      #expect(try events(of: [Array(stream[..<place]), Array(stream[place...])]) == whole)
    }
  }

  @Test func `a line and an event's data have a limit`() throws {
    let fits = Array(("data:" + String(repeating: "x", count: 95) + "\n\n").utf8)
    #expect(try events(of: [fits], maximumEvent: 100).events.count == 1)
    #expect(throws: HubError(.payloadTooLarge, "an event of the stream is longer than 100 bytes")) {
      try events(of: [Array("data:".utf8) + fits], maximumEvent: 100)
    }
    #expect(throws: HubError.self) {
      try events(of: [Array(repeatElement(Array("data:xxxxxxxx\n".utf8), count: 20).joined())], maximumEvent: 100)
    }
    #expect(throws: HubError.self) {
      try events(of: [UInt8](repeating: 0x20, count: 101).map { [$0] }, maximumEvent: 100)
    }
  }
}
