import HubWire
import Testing

@Suite struct EventDataTests {
  @Test func `JSON is kept as it came, on one line`() throws {
    #expect(try EventData(json: Array("{\"b\":1.0,\n\"a\":[\t]}".utf8)) == .json(Array("{\"b\":1.0, \"a\":[ ]}".utf8)))
    #expect(try EventData(json: Array(" 1e0 ".utf8)) == .json(Array(" 1e0 ".utf8)))
  }

  @Test func `what is no JSON is INVALID_JSON`() {
    #expect(throws: HubError(.invalidJSON, "not valid JSON at byte 0: there is no value")) { try EventData(json: []) }
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 257) + [UInt8](repeating: UInt8(ascii: "]"), count: 257)
    #expect(throws: HubError(.invalidJSON, "not valid JSON at byte 256: nested deeper than 256 levels")) {
      try EventData(json: deep)
    }
  }

  @Test func `text becomes a JSON string`() throws {
    #expect(try EventData(text: Array("a \"b\"\n".utf8)) == .json(Array(#""a \"b\"\n""#.utf8)))
    #expect(try EventData(text: []) == .json(Array("\"\"".utf8)))
    #expect(throws: HubError(.invalidRequest, "the text is not UTF-8")) { try EventData(text: [0xFF]) }
  }

  @Test func `bytes travel as base64`() throws {
    #expect(EventData(bytes: [0, 1, 2, 255]) == .base64(Array("AAEC/w==".utf8)))
    #expect(try EventData(base64: Array("AAEC/w==".utf8)).count == 8)
    for text in ["AAEC/w=", "AAEC/x==", "AA EC", "====", "AAE\n"] {
      #expect { try EventData(base64: Array(text.utf8)) } throws: { ($0 as? HubError)?.code == .invalidRequest }
    }
  }
}
