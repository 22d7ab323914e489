import HubWire
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 section 10.
  private static let examples = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test func theExamplesOfTheStandardGoBothWays() {
    for (plain, text) in Self.examples {
      #expect(Base64.encode(Array(plain.utf8)) == Array(text.utf8))
      #expect(decode(text) == Array(plain.utf8))
    }
  }

  @Test func everyByteSurvivesAtEveryLength() {
    for length in 0...260 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
      let text = Base64.encode(bytes)
      #expect(text.count == (length + 2) / 3 * 4)
      #expect(isValid(text))
      #expect(decodedCount(text) == length)
      #expect(decode(text) == bytes)
    }
  }

  @Test func onlyTheAlphabetIsValid() {
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for byte in UInt8.min...UInt8.max {
      for place in 0..<3 {
        var text = Array("AAAAAAAA".utf8)
        text[place] = byte
        #expect(isValid(text) == alphabet.contains(byte), "\(byte)")
      }
    }
  }

  @Test func paddingIsWholeAndSpareBitsAreZero() {
    for text in [
      "A", "AA", "AAA", "=", "====", "A===", "AA=A", "=AAA", "AAAA=", "AA==AAAA", "AAA=AAAA", "AA= ", "AAAA\n",
    ] {
      #expect(decode(text) == nil, "\(text)")
    }
    for text in ["AB==", "AP==", "AAB=", "AAD=", "//==", "///="] { #expect(decode(text) == nil, "\(text)") }
    for text in ["AA==", "Aw==", "AAA=", "AAE=", "/w==", "//8="] { #expect(decode(text) != nil, "\(text)") }
  }

  private func isValid(_ text: [UInt8]) -> Bool { Base64.isValid(text.span) }

  private func decodedCount(_ text: [UInt8]) -> Int { Base64.decodedCount(text.span) }

  private func decode(_ text: [UInt8]) -> [UInt8]? { Base64.decode(text.span) }

  private func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }
}
