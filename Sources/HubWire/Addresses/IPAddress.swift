/// An IP address of either version, in 16 bytes.
///
/// All of them are kept as IPv6: an IPv4 address is its IPv4-mapped form (RFC 4291 section 2.5.5.2), which is how a
/// dual-stack socket names IPv4 peers. So the two spellings of one host are equal, and are limited and trusted as one.
package struct IPAddress: Hashable, Sendable {
  /// The first and the last eight bytes, read in network order.
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4 address whose four bytes, read in network order, are this number.
  package init(v4: UInt32) {
    self.init(high: 0, low: Self.mappedPrefix << 32 | UInt64(v4))
  }

  /// Takes the 4 or 16 bytes of an address in network order; nil for any other count.
  package init?(bytes: Span<UInt8>) {
    switch bytes.count {
    case 4: self.init(v4: UInt32(truncatingIfNeeded: Self.number(bytes)))
    case 16: self.init(high: Self.number(bytes.extracting(first: 8)), low: Self.number(bytes.extracting(last: 8)))
    default: return nil
    }
  }

  /// `::`, which no peer has: stands for an address that is not known.
  package static let unspecified = IPAddress(high: 0, low: 0)

  package var isV4: Bool { high == 0 && low >> 32 == Self.mappedPrefix }

  private static let mappedPrefix: UInt64 = 0xFFFF

  private static func number(_ bytes: Span<UInt8>) -> UInt64 {
    var number: UInt64 = 0
    for index in bytes.indices { number = number << 8 | UInt64(bytes[index]) }
    return number
  }
}
