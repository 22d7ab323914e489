import HubWire
import Testing

@Suite struct EventNameTests {
  @Test(arguments: [
    "message", "a", "order_created", "größe", "日本", "with space", "roomcast", "xroomcast:", "Roomcast:x", "\"\\",
  ])
  func `a name is any text without control characters`(_ text: String) throws {
    #expect(try EventName(text).text == text)
  }

  @Test func `a name has 1 to 200 bytes`() throws {
    #expect(try EventName(String(repeating: "é", count: 100)).text.utf8.count == 200)
    #expect(throws: HubError(.invalidEvent, "the event name has 201 bytes; it must have 1 to 200")) {
      try EventName(String(repeating: "é", count: 100) + "x")
    }
    #expect(throws: HubError(.invalidEvent, "the event name has 0 bytes; it must have 1 to 200")) { try EventName("") }
  }

  @Test func `no control character of C0, DEL and C1 is allowed, and their neighbours are`() throws {
    for value in Array(UInt32(0)...0x1F) + Array(0x7F...0x9F) {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(throws: HubError(.invalidEvent, "the event name holds a control character")) {
        try EventName("a\(scalar)b")
      }
    }
    for scalar: Unicode.Scalar in [" ", "~", "\u{A0}"] { #expect(try EventName("a\(scalar)").text == "a\(scalar)") }
    #expect(throws: HubError.self) { try EventName("a\r\nb") }
  }

  @Test func `what begins with the hub's prefix is refused`() {
    for text in ["roomcast:", "roomcast:gap"] {
      #expect(throws: HubError(.invalidEvent, "event names that begin with \"roomcast:\" are the hub's own")) {
        try EventName(text)
      }
    }
  }
}
