import HubTesting
import HubWire
import Testing

@Suite struct IPNetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.1", "10.0.0.1"), ("10.0.0.1/32", "10.0.0.1"), ("0.0.0.0/0", "0.0.0.0/0"),
    ("::/0", "::/0"), ("2001:DB8:0::/33", "2001:db8::/33"), ("::1/128", "::1"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
    ("::ffff:0:0/96", "0.0.0.0/0"), ("192.168.1.128/25", "192.168.1.128/25"),
  ])
  func `a network is written in one way, and read back from it`(text: String, canonical: String) throws {
    let network = try #require(IPNetwork(text))
    #expect(network.description == canonical)
    #expect(IPNetwork(canonical) == network)
  }

  @Test(arguments: [
    "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8/8",
    "10.0.0.0 /8",
    "::/129", "::/1000", "10.0.0.1/8", "2001:db8::1/64", "10.0.0.0/255.0.0.0", "10/8", "::ffff:0:0/95", "hub.local",
    "[::1]", "0.0.0.0/128", "10.0.0.0/8a",
  ])
  func `what is no network is none, bits behind the prefix included`(text: String) {
    #expect(IPNetwork(text) == nil)
  }

  @Test func `an address lies in a network where its bits begin as the network's do`() {
    for seed in Seeds.run(20) {
      var random = SeededRandom(seed: seed)
      for _ in 0..<100 {
        let base = IPAddressTests.address(&random)
        let prefix = base.isV4 ? random.number(in: 96...128) : random.number(in: 0...128)
        let masked = Self.masked(base, prefix)
        // Cut short enough, IPv6 may become the mapped range, which is IPv4's own.
        if masked.isV4 != base.isV4 { continue }
        let text = "\(masked)/\(base.isV4 ? prefix - 96 : prefix)"
        guard let network = IPNetwork(text) else {
          Issue.record("\(text) is none")
          continue
        }
        for bit in 0..<128 {
          let near = Self.flipped(base, bit)
          let twin = near.isV4 == base.isV4 && Self.bits(near).prefix(prefix) == Self.bits(base).prefix(prefix)
          #expect(network.contains(near) == twin, "\(network) and \(near)")
        }
        #expect(network.contains(base))
        #expect(IPNetwork(network.description) == network)
      }
    }
  }

  @Test func `the ends of a network lie in it, and their neighbours do not`() throws {
    let network = try #require(IPNetwork("192.168.4.0/22"))
    let inside = ["192.168.4.0", "192.168.7.255", "::ffff:192.168.5.1"]
    let outside = ["192.168.3.255", "192.168.8.0", "::192.168.4.1", "::", "2001:db8::1"]
    #expect(inside.allSatisfy { network.contains(IPAddress($0)!) })
    #expect(!outside.contains { network.contains(IPAddress($0)!) })
  }

  @Test func `no network holds addresses of both versions`() throws {
    #expect(!(try #require(IPNetwork("::/0"))).contains(IPAddress("1.2.3.4")!))
    #expect(!(try #require(IPNetwork("0.0.0.0/0"))).contains(IPAddress("::1")!))
  }

  private static func bits(_ address: IPAddress) -> [Bool] {
    (0..<128).map { bit in ((bit < 64 ? address.high : address.low) >> UInt64(63 - bit % 64)) & 1 == 1 }
  }

  private static func flipped(_ address: IPAddress, _ bit: Int) -> IPAddress {
    let mask = UInt64(1) << UInt64(63 - bit % 64)
    return bit < 64
      ? IPAddress(high: address.high ^ mask, low: address.low) : IPAddress(high: address.high, low: address.low ^ mask)
  }

  private static func masked(_ address: IPAddress, _ prefix: Int) -> IPAddress {
    var result = address
    for bit in prefix..<128 where bits(result)[bit] { result = flipped(result, bit) }
    return result
  }
}
