import Glibc
import HubTesting
import HubWire
import Testing

@Suite struct IPAddressTests {
  /// RFC 5952 section 4, RFC 4291 section 2.2.
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
    ("::1", "::1"), ("1::", "1::"), ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:DB8::ABCD", "2001:db8::abcd"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:C000:0201", "192.0.2.1"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ("::13.1.68.3", "::d01:4403"), ("::fffe:1.2.3.4", "::fffe:102:304"),
  ])
  func `an address is written in the one canonical way`(text: String, canonical: String) {
    #expect(IPAddress(text)?.description == canonical)
  }

  @Test(arguments: [
    "", ".", ":", ":::", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", ".1.2.3.4", "256.1.1.1", "01.2.3.4",
    "1.2.3.00",
    "1.2.3.4 ", " 1.2.3.4", "1.2.3.0x4", "1.2.3.-4", "1.2.3.1000", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8", "1::2::3", "1:::2", ":1", "1:", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "g::",
    "::1%eth0",
    "fe80::1%1", "[::1]", "::1/128", "1.2.3.4:80", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1.2.3.4::",
    "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.04", "127.0.0.1\0", "127.0.0.1\0.example.org", "１.2.3.4", "localhost", "unknown",
  ])
  func `what is no address is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func `every address is read back from its text, and the system reads and writes it alike`() {
    for seed in Seeds.run(20) {
      var random = SeededRandom(seed: seed)
      for _ in 0..<500 {
        let address = Self.address(&random)
        #expect(IPAddress(address.description) == address)
        #expect(Self.system(address.description) == address)
        // The system writes the deprecated IPv4-compatible addresses with dots (RFC 4291 section 2.5.5.1).
        if address.high != 0 || address.low >> 32 != 0 { #expect(Self.systemText(address) == address.description) }
      }
    }
  }

  @Test func `a text with something wrong is judged as the system does`() {
    let pieces = ["0", "1", "ffff", "10", "255", "256", "abcde", ":", "::", ".", "1.2.3.4", "", "%", "/", "00"]
    for seed in Seeds.run(20) {
      var random = SeededRandom(seed: seed)
      for _ in 0..<1000 {
        var text = (0..<random.number(in: 1...16)).map { _ in pieces[random.number(in: 0..<pieces.count)] }.joined()
        if random.once(in: 2) {
          var scalars = Array(Self.address(&random).description)
          scalars[random.number(in: 0..<scalars.count)] = random.once(in: 2) ? ":" : "."
          text = String(scalars)
        }
        #expect(IPAddress(text) == Self.system(text), "\(text)")
      }
    }
  }

  @Test func `IPv4 and its mapped form are one address`() throws {
    let plain = try #require(IPAddress("10.1.2.3"))
    let mapped = try #require(IPAddress("::ffff:10.1.2.3"))
    #expect(plain == mapped && plain.hashValue == mapped.hashValue && mapped.isV4)
    #expect(try #require(IPAddress("::10.1.2.3")) != plain)
    #expect(!IPAddress.unspecified.isV4)
    #expect(IPAddress("0.0.0.0") != .unspecified)
  }

  @Test func `bytes are 4 or 16, in network order`() {
    #expect(Self.fromBytes([192, 0, 2, 1]) == IPAddress("192.0.2.1"))
    let six: [UInt8] = [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1]
    #expect(Self.fromBytes(six) == IPAddress("2001:db8::1"))
    for count in 0...20 where count != 4 && count != 16 {
      #expect(Self.fromBytes(Array(repeating: 1, count: count)) == nil)
    }
  }

  private static func fromBytes(_ bytes: [UInt8]) -> IPAddress? { IPAddress(bytes: bytes.span) }

  /// One of either version, with runs of zeros of every length.
  static func address(_ random: inout SeededRandom) -> IPAddress {
    if random.once(in: 3) { return IPAddress(v4: UInt32(truncatingIfNeeded: random.next())) }
    var halves: [UInt64] = [0, 0]
    for place in 0..<8 where !random.once(in: 2) {
      let group = random.next() >> (random.once(in: 2) ? 48 : 60)
      halves[place / 4] |= group << (48 - 16 * UInt64(place % 4))
    }
    return IPAddress(high: halves[0], low: halves[1])
  }

  private static func system(_ text: String) -> IPAddress? {
    if text.contains("\0") { return nil }
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return fromBytes(Array(bytes[..<4])) }
    return inet_pton(AF_INET6, text, &bytes) == 1 ? fromBytes(bytes) : nil
  }

  private static func systemText(_ address: IPAddress) -> String {
    var bytes = (0..<16).map { place in
      UInt8(truncatingIfNeeded: (place < 8 ? address.high : address.low) >> (56 - 8 * UInt64(place % 8)))
    }
    if address.isV4 { bytes = Array(bytes[12...]) }
    var text = [CChar](repeating: 0, count: 64)
    inet_ntop(address.isV4 ? AF_INET : AF_INET6, bytes, &text, 64)
    return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
