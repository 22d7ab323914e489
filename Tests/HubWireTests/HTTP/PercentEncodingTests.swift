import HubTesting
import HubWire
import Testing

struct PercentEncodingTests {
  @Test func `Decoding undoes encoding`() {
    var random = SeededRandom(seed: 0x9e5)
    for _ in 0..<2_000 {
      let scalars = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random))
      }
      var text = ""
      text.unicodeScalars.append(contentsOf: scalars)
      let encoded = PercentEncoding.encode(text)
      #expect(PercentEncoding.decode(encoded) == text)
      #expect(PercentEncoding.decode(encoded, plusIsSpace: true) == text)
      #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
    }
  }

  @Test func `Only unreserved characters stand for themselves`() {
    #expect(PercentEncoding.encode("aZ09-._~") == "aZ09-._~")
    #expect(PercentEncoding.encode("a b/ö+%&=?#") == "a%20b%2F%C3%B6%2B%25%26%3D%3F%23")
  }

  @Test func `Escapes are read in either case, and a plus is a space in forms only`() {
    #expect(PercentEncoding.decode("%c3%B6+%2b") == "ö++")
    #expect(PercentEncoding.decode("%c3%B6+%2b", plusIsSpace: true) == "ö +")
    #expect(PercentEncoding.decode("") == "")
  }

  @Test(arguments: ["%", "%2", "a%", "%2g", "%g2", "%+1", "%%20", "%ff", "%c3", "%c3%28", "%ed%a0%80", "%c0%80"])
  func `A malformed escape, or bytes that are not UTF-8, are no text`(text: String) {
    #expect(PercentEncoding.decode(text) == nil)
  }
}
