import HubWire
import Testing

/// What a receiver refuses, with the close code it tells; the same for every split of the input.
@Suite struct WebSocketViolationTests {
  /// Bytes a client receives, and the code of the violation in them.
  private static let protocolErrors: [(law: String, bytes: [UInt8], code: UInt16)] = [
    ("RSV1 is set", [0xC1, 0x00], 1002),
    ("RSV2 is set", [0xA1, 0x00], 1002),
    ("RSV3 is set on a control frame", [0x99, 0x00], 1002),
    ("RSV1 is set on a continuation", [0x01, 0x01, 0x61, 0xC0, 0x00], 1002),
    ("opcode 3", [0x83, 0x00], 1002), ("opcode 7", [0x87, 0x00], 1002),
    ("opcode 11", [0x8B, 0x00], 1002), ("opcode 15", [0x8F, 0x00], 1002),
    ("a server masks", [0x81, 0x80], 1002),
    ("a continuation without a message", [0x80, 0x00], 1002),
    ("a message within a message", [0x01, 0x00, 0x81, 0x00], 1002),
    ("a ping in fragments", [0x09, 0x00], 1002), ("a close in fragments", [0x08, 0x00], 1002),
    ("a ping of 126 bytes", [0x89, 0x7E], 1002), ("a close of a long length", [0x88, 0x7F], 1002),
    ("16 bits of length for 125", [0x82, 0x7E, 0x00, 0x7D], 1002),
    ("64 bits of length for 65535", [0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
    ("the highest bit of a length", [0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002),
    ("a length past the limit", [0x82, 0x7E, 0x03, 0xE9], 1009),
    ("a length far past the limit", [0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
    (
      "fragments past the limit together",
      [0x02, 0x7E, 0x03, 0xE8] + [UInt8](repeating: 1, count: 1000) + [0x80, 0x01], 1009
    ),
    ("a close with half a code", [0x88, 0x01, 0x03], 1002),
    ("a close reason that is not UTF-8", [0x88, 0x03, 0x03, 0xE8, 0xFF], 1007),
    ("a close reason that ends in a character", [0x88, 0x04, 0x03, 0xE8, 0xE2, 0x82], 1007),
    ("text that ends in a character", [0x81, 0x01, 0xC3], 1007),
    ("fragments that end in a character", [0x01, 0x01, 0xE2, 0x80, 0x01, 0x82], 1007),
    ("text of overlong form", [0x81, 0x02, 0xC0, 0x80], 1007),
    ("a surrogate over two fragments", [0x01, 0x01, 0xED, 0x80, 0x02, 0xA0, 0x80], 1007),
  ]

  @Test func eachViolationHasItsCloseCodeHoweverItIsCut() {
    let prefix = WebSocketFrame.encode(.ping, [1, 2])
    for (law, bytes, code) in Self.protocolErrors {
      let input = prefix + bytes + [0x81, 0x00]
      let whole = WebSocketReceived(input, role: .client, maximumMessage: 1000)
      #expect(whole.violation?.closeCode == code, "\(law)")
      #expect(whole.events == [.ping([1, 2])], "\(law): nothing comes after a violation")
      let byByte = WebSocketReceived(input, role: .client, maximumMessage: 1000, cuts: Array(input.indices))
      #expect(byByte == whole, "\(law)")
    }
  }

  @Test func eachViolationIsToldAsSoonAsItIsSeen() {
    for (law, bytes, _) in Self.protocolErrors {
      let early = WebSocketReceived(Array(bytes.dropLast()), role: .client, maximumMessage: 1000)
      // The table shows these with a byte more than it takes to see what is wrong.
      let isEarly = [
        "RSV", "opcode", "a continuation", "a message within", "a ping in", "a close in", "text of", "a surrogate",
      ].contains { law.hasPrefix($0) }
      #expect((early.violation != nil) == isEarly, "\(law)")
    }
  }

  @Test func aMessageThatHasEndedCannotBeContinued() {
    let received = WebSocketReceived([0x01, 0x00, 0x80, 0x00, 0x80, 0x00], role: .client)
    #expect(received.events == [.text([])])
    #expect(received.violation?.closeCode == 1002)
  }

  @Test func aServerRefusesAFrameWithoutMask() {
    #expect(WebSocketReceived([0x81, 0x05], role: .server).violation?.closeCode == 1002)
    #expect(WebSocketReceived([0x89, 0x00], role: .server).violation?.closeCode == 1002)
  }

  @Test func theLimitHoldsForTheMessageAndNotForControlFrames() {
    let full = WebSocketFrame.encode(.binary, [1, 2, 3, 4, 5])
    #expect(WebSocketReceived(full, role: .client, maximumMessage: 5).violation == nil)
    #expect(WebSocketReceived(full, role: .client, maximumMessage: 4).violation?.closeCode == 1009)
    let ping = WebSocketFrame.encode(.ping, [1, 2, 3, 4, 5])
    #expect(WebSocketReceived(ping, role: .client, maximumMessage: 0).events == [.ping([1, 2, 3, 4, 5])])
  }

  @Test func invalidTextIsRefusedInTheMiddleOfAFragment() {
    let frame = WebSocketFrame.encode(.text, Array("0123456789".utf8) + [0xF8] + [UInt8](repeating: 0x61, count: 5000))
    let untilTheByte = Array(frame.prefix(4 + 11))
    #expect(WebSocketReceived(untilTheByte, role: .client).violation?.closeCode == 1007)
    #expect(WebSocketReceived(untilTheByte.dropLast(), role: .client).violation == nil)
  }

  @Test func everyCloseCodeIsTakenOrRefusedByTheRegistry() {
    for code in UInt16.min...UInt16.max {
      let allowed =
        (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code)
      #expect(WebSocketCloseCode.maySend(code) == allowed)
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16] {
      let bytes = [0x88, 0x02, UInt8(code >> 8), UInt8(code & 0xFF)]
      #expect(WebSocketReceived(bytes, role: .client).violation?.closeCode == 1002, "\(code)")
    }
    for code in [1000, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999] as [UInt16] {
      let received = WebSocketReceived(WebSocketFrame.close(code: code, reason: "é"), role: .client)
      #expect(received.events == [.close(code: code, reason: "é")])
    }
  }

  @Test func nothingIsSeenAfterAClose() {
    let bytes = WebSocketFrame.closeWithoutCode() + [0xFF, 0xFF, 0x00]
    let received = WebSocketReceived(bytes, role: .client)
    #expect(received.events == [.close(code: nil, reason: "")])
    #expect(received.violation == nil)
  }

  @Test func reasonsFitACloseFrame() {
    for role in [WebSocketProtocol.Role.client, .server] {
      for (_, bytes, _) in Self.protocolErrors {
        guard let violation = WebSocketReceived(bytes, role: role, maximumMessage: 1000).violation else { continue }
        #expect((1...123).contains(violation.reason.utf8.count))
      }
    }
  }
}
