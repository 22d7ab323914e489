import HubTesting
import HubWire
import Testing

@Suite struct Base64URLTests {
  @Test func `every byte survives at every length, without padding`() {
    var random = SeededRandom(seed: 1)
    for length in 0...260 {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let text = Base64URL.encode(bytes)
      #expect(text.count == (length * 4 + 2) / 3)
      #expect(decode(text) == bytes)
    }
  }

  /// RFC 7515 appendix C.
  @Test func `the example of the standard goes both ways`() {
    #expect(Base64URL.encode([3, 236, 255, 224, 193]) == Array("A-z_4ME".utf8))
    #expect(decode(Array("A-z_4ME".utf8)) == [3, 236, 255, 224, 193])
  }

  @Test func `only the alphabet is valid`() {
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    for byte in UInt8.min...UInt8.max {
      for place in 0..<4 {
        var text = Array("AAAAAAAA".utf8)
        text[place] = byte
        #expect((decode(text) != nil) == alphabet.contains(byte), "\(byte)")
      }
    }
  }

  @Test func `padding, stray bits and lengths that stand for nothing are refused`() {
    for text in ["A", "AAAAA", "AA==", "AAA=", "=", "AA=", "AB", "AP", "AAB", "AAD", "__", "AAA ", "AA\n"] {
      #expect(decode(Array(text.utf8)) == nil, "\(text)")
    }
    for text in ["", "AA", "Aw", "AAA", "AAE", "_w", "__8"] {
      #expect(decode(Array(text.utf8)) != nil, "\(text)")
    }
  }

  private func decode(_ text: [UInt8]) -> [UInt8]? { Base64URL.decode(text.span) }
}
