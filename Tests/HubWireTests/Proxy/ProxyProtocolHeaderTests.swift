import HubWire
import Testing

/// HAProxy, doc/proxy-protocol.txt, sections 2.1 and 2.2.
@Suite struct ProxyProtocolHeaderTests {
  static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  /// Version 2: version and command, family and transport, and what follows the length.
  static func binary(_ command: UInt8, _ family: UInt8, _ body: [UInt8]) -> [UInt8] {
    signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
  }

  static let four: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xBB]
  static let six: [UInt8] =
    [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1] + Array(repeating: 9, count: 16) + [1, 2, 3, 4]

  enum Outcome: Equatable {
    case header(Int, String?)
    case needsMore
    case wrong(String)
  }

  static func read(_ bytes: [UInt8]) -> Outcome {
    do throws(ProxyProtocolError) {
      guard let header = try ProxyProtocolHeader.read(bytes.span) else { return .needsMore }
      return .header(header.byteCount, header.source?.description)
    } catch {
      return .wrong(error.reason)
    }
  }

  @Test(arguments: [
    ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1"),
    ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255"),
    ("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0"), ("PROXY TCP6 2001:DB8::1 ::1 1 2\r\n", "2001:db8::1"),
    ("PROXY TCP6 ::ffff:192.0.2.9 ::1 1 2\r\n", "192.0.2.9"),
    (
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    ),
    ("PROXY UNKNOWN\r\n", nil), ("PROXY UNKNOWN anything at all \u{1}\r\n", nil), ("PROXY UNKNOWN \r\n", nil),
    (
      "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      nil
    ),
  ])
  func `a line names the client, or nobody`(line: String, source: String?) {
    #expect(Self.read(Array(line.utf8)) == .header(line.utf8.count, source))
    #expect(Self.read(Array((line + "GET / HTTP/1.1\r\n").utf8)) == .header(line.utf8.count, source))
  }

  @Test(arguments: [
    "PROXY TCP4  192.168.0.1 192.168.0.11 56324 443\r\n", "PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
    "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 1\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n",
    "PROXY TCP4 1.1.1.1\r\n", "PROXY TCP4 \r\n", "PROXY TCP4\r\n", "PROXY \r\n", "PROXY tcp4 1.1.1.1 1.1.1.1 1 1\r\n",
    "PROXY TCP4 ::1 ::1 1 1\r\n", "PROXY TCP6 1.1.1.1 1.1.1.1 1 1\r\n", "PROXY TCP4 1.1.1.1 ::1 1 1\r\n",
    "PROXY TCP4 01.1.1.1 1.1.1.1 1 1\r\n", "PROXY TCP4 1.1.1.1 1.1.1.256 1 1\r\n",
    "PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n",
    "PROXY TCP4 1.1.1.1 1.1.1.1 1 01\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 -1 1\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 \r\n",
    "PROXY TCP4 1.1.1.1 1.1.1.1 1 123456\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r",
    "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\rX\n", "PROXY UNKNOWNS\r\n", "PROXY UNKNOWN a\nb\r\n",
    "PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n",
    "PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n",
  ])
  func `a line with anything wrong is refused`(line: String) {
    #expect(Self.read(Array((line + "GET").utf8)) == .wrong("the line of PROXY protocol version 1 is malformed"))
  }

  @Test func `a line is refused at the byte where it gets too long`() {
    let unknown = Array("PROXY UNKNOWN ".utf8)
    let full = unknown + Array(repeating: UInt8(ascii: "x"), count: 105 - unknown.count)
    #expect(Self.read(full + [13, 10]) == .header(107, nil))
    #expect(Self.read(full + [120]) == .needsMore)
    let told = Outcome.wrong("the line of PROXY protocol version 1 is longer than 107 bytes")
    #expect(Self.read(full + [120, 13]) == told)
    #expect(Self.read(full + [120, 13, 10]) == told)
  }

  @Test func `a binary header names the client, or nobody`() {
    #expect(Self.read(Self.binary(0x21, 0x11, Self.four)) == .header(28, "192.0.2.1"))
    #expect(Self.read(Self.binary(0x21, 0x21, Self.six)) == .header(52, "2001:db8::1"))
    // Fields behind the addresses, and what the client sent.
    let fields: [UInt8] = [3, 0, 4, 1, 2, 3, 4, 0xEE]
    #expect(Self.read(Self.binary(0x21, 0x11, Self.four + fields) + [71, 69, 84]) == .header(36, "192.0.2.1"))
    #expect(Self.read(Self.binary(0x20, 0x00, [])) == .header(16, nil))
    #expect(Self.read(Self.binary(0x20, 0xFF, Self.four)) == .header(28, nil))
    #expect(Self.read(Self.binary(0x20, 0x11, Self.four)) == .header(28, nil))
    #expect(Self.read(Self.binary(0x21, 0x00, Self.four)) == .header(28, nil))
    #expect(Self.read(Self.binary(0x21, 0x12, Self.four)) == .header(28, nil))
    #expect(Self.read(Self.binary(0x21, 0x31, Array(repeating: 7, count: 216))) == .header(232, nil))
  }

  @Test func `a binary header with anything wrong is refused as soon as it can be told`() {
    let command = Outcome.wrong("the version or command of the PROXY protocol header is not known")
    for byte: UInt8 in [0x11, 0x01, 0x22, 0x2F, 0x31, 0x00] {
      #expect(Self.read(Self.binary(byte, 0x11, Self.four)) == command)
    }
    let family = Outcome.wrong("the address family or transport of the PROXY protocol header is not known")
    for byte: UInt8 in [0x41, 0x13, 0xF0, 0x2F] { #expect(Self.read(Self.binary(0x21, byte, Self.four)) == family) }
    let room = Outcome.wrong("the PROXY protocol header has no room for its addresses")
    #expect(Self.read(Self.binary(0x21, 0x11, Array(Self.four[..<11]))) == room)
    #expect(Self.read(Self.binary(0x21, 0x21, Self.four)) == room)
  }

  @Test func `a binary header has at most 2048 bytes behind its first sixteen`() {
    let most = Self.binary(0x21, 0x11, Self.four + Array(repeating: 0, count: 2036))
    #expect(Self.read(most) == .header(ProxyProtocolHeader.longest, "192.0.2.1"))
    let more = Self.binary(0x21, 0x11, Self.four + Array(repeating: 0, count: 2037))
    #expect(Self.read(Array(more[..<16])) == .wrong("the PROXY protocol header is longer than 2064 bytes"))
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n", "P ROXY", "PROXy TCP4", "\r\n\r\n\0\r\nQUIT\r", "\u{16}\u{3}\u{1}", "\n", "PUT /",
  ])
  func `a connection that begins otherwise is refused at the first byte that differs`(start: String) {
    let missing = Outcome.wrong("the connection does not begin with a PROXY protocol header")
    let bytes = Array(start.utf8)
    let first = bytes.indices.first { Self.read(Array(bytes[...$0])) != .needsMore }
    #expect(first.map { Self.read(Array(bytes[...$0])) } == missing)
    #expect(Self.read(bytes) == missing)
  }

  @Test func `however an input is cut, what is said at its beginning holds`() {
    let inputs =
      [
        Self.binary(0x21, 0x11, Self.four + [3, 0, 1, 0]), Self.binary(0x21, 0x21, Self.six), Self.binary(0x20, 0, []),
        Self.binary(0x21, 0x44, Self.four), Self.binary(0x41, 0x11, Self.four), Self.binary(0x21, 0x21, Self.four),
      ]
      + [
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "PROXY UNKNOWN\r\n", "PROXY TCP4 x\r\n", "PROXY\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\rX", "PROXY " + String(repeating: "a", count: 120),
      ].map { Array($0.utf8) }
    for input in inputs {
      let whole = input + Array("GET / HTTP/1.1\r\n\r\n".utf8)
      let final = Self.read(whole)
      #expect(final != .needsMore)
      var isDecided = false
      for count in 0...whole.count {
        let outcome = Self.read(Array(whole[..<count]))
        if isDecided || outcome != .needsMore {
          isDecided = true
          #expect(outcome == final, "\(count) bytes of \(input)")
        }
      }
      // Nothing of the client's own is waited for.
      if case .header(let count, _) = final {
        #expect(Self.read(Array(whole[..<count])) == final)
        #expect(Self.read(Array(whole[..<(count - 1)])) == .needsMore)
      }
    }
  }
}
