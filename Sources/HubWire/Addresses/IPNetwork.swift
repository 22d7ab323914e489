/// A range of IP addresses that share their first bits, such as `10.0.0.0/8`, or one address.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
  private let base: IPAddress
  /// How many bits are shared, counted in IPv6.
  private let prefix: Int

  /// Takes an address, or an address and its prefix length (CIDR, RFC 4632 section 3.1).
  ///
  /// Nil for anything else, also where a bit behind the prefix is set: `10.0.0.1/8` may mean one host or
  /// sixteen million, and one of them is wrong.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0]) ?? "") else { return nil }
    self.base = address
    guard parts.count > 1 else {
      prefix = 128
      return
    }
    // A mapped address written as IPv6 counts its prefix from the front of those 128 bits.
    let isWrittenAsV4 = !parts[0].contains(UInt8(ascii: ":"))
    guard let length = Self.length(parts[1]), length <= (isWrittenAsV4 ? 32 : 128) else { return nil }
    prefix = isWrittenAsV4 ? length + 96 : length
    guard !address.isV4 || prefix >= 96, address == Self.masked(address, prefix) else { return nil }
  }

  /// Whether an address lies in it. IPv4 addresses lie in IPv4 networks only: whoever writes `::/0` thinks of IPv6.
  package func contains(_ address: IPAddress) -> Bool {
    Self.masked(address, prefix) == base && address.isV4 == base.isV4
  }

  public var description: String {
    if prefix == 128 { return base.description }
    return "\(base)/\(base.isV4 ? prefix - 96 : prefix)"
  }

  private static func masked(_ address: IPAddress, _ prefix: Int) -> IPAddress {
    IPAddress(
      high: address.high & .max << max(0, 64 - prefix), low: address.low & .max << min(64, 128 - prefix))
  }

  private static func length(_ digits: Substring.UTF8View) -> Int? {
    guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
    var length = 0
    for digit in digits {
      guard HTTPBytes.isDigit(digit) else { return nil }
      length = length * 10 + Int(digit &- UInt8(ascii: "0"))
    }
    return length
  }
}

extension [IPNetwork] {
  /// Whether an address lies in one of them.
  package func contain(_ address: IPAddress) -> Bool {
    contains { $0.contains(address) }
  }
}
