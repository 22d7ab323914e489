import HubWire
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4, the examples of one block, and the empty message.
  @Test func knownMessagesHaveKnownDigests() {
    #expect(hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(hex(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  private func sha1(_ text: String) -> [UInt8] { Digest.sha1(Array(text.utf8).span) }

  private func sha256(_ text: String) -> [UInt8] { Digest.sha256(Array(text.utf8).span) }

  private func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
