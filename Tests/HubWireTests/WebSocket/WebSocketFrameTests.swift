import HubWire
import Testing

/// How frames look on the wire; that they are understood is ``WebSocketProtocolTests``.
@Suite struct WebSocketFrameTests {
  @Test func lengthsTakeTheirShortestForm() {
    let heads: [(Int, [UInt8])] = [
      (0, [0x82, 0]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (65_535, [0x82, 126, 0xFF, 0xFF]),
      (65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ]
    for (count, head) in heads {
      let payload = [UInt8](repeating: 7, count: count)
      #expect(WebSocketFrame.encode(.binary, payload) == head + payload)
      #expect(WebSocketFrame.headerLength(for: count) == head.count)
      var inPlace: [UInt8] = [9]
      WebSocketFrame.writeHeader(.binary, payloadCount: count, to: &inPlace)
      #expect(inPlace == [9] + head)
    }
  }

  @Test func aFrameTakesOneAllocationOfItsOwnSize() {
    for count in [0, 125, 126, 1000, 65_536] {
      let frame = WebSocketFrame.encode(.text, [UInt8](repeating: 1, count: count), mask: 5)
      #expect(frame.capacity < frame.count + 4096)
      #expect(frame.count == WebSocketFrame.headerLength(for: count) + 4 + count)
    }
  }

  /// RFC 6455 section 5.7.
  @Test func aMaskedFrameIsThatOfTheStandard() {
    let frame = WebSocketFrame.encode(.text, Array("Hello".utf8), mask: 0x37FA_213D)
    #expect(frame == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    var header: [UInt8] = []
    WebSocketFrame.writeHeader(.text, payloadCount: 5, mask: 0x37FA_213D, to: &header)
    #expect(header == Array(frame.prefix(6)))
  }

  @Test func fragmentsAreNotFinal() {
    #expect(WebSocketFrame.encode(.text, [0x61], final: false) == [0x01, 0x01, 0x61])
    #expect(WebSocketFrame.encode(.continuation, [0x61]) == [0x80, 0x01, 0x61])
  }

  @Test func aReasonIsCutAtACharacter() {
    #expect(WebSocketFrame.close(code: 1000, reason: "ok") == [0x88, 4, 0x03, 0xE8, 0x6F, 0x6B])
    #expect(WebSocketFrame.closeWithoutCode() == [0x88, 0])
    let long = WebSocketFrame.close(code: 4500, reason: String(repeating: "水", count: 100))
    let received = WebSocketReceived(long, role: .client).events
    #expect(received == [.close(code: 4500, reason: String(repeating: "水", count: 41))])
    let fitting = WebSocketFrame.close(code: 1011, reason: String(repeating: "x", count: 200), mask: 77)
    #expect(
      WebSocketReceived(fitting, role: .server).events
        == [.close(code: 1011, reason: String(repeating: "x", count: 123))])
  }
}
