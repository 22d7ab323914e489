import Glibc

/// What may stand as a host in the settings.
package enum HostName {
  /// Whether `host` names this machine to itself alone.
  ///
  /// Only `localhost` and literal addresses count: what another name resolves to may change after the check.
  package static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    var six = in6_addr()
    guard inet_pton(AF_INET6, withoutBrackets(host), &six) == 1 else { return false }
    return withUnsafeBytes(of: six) { bytes in
      let isOne = bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
      // RFC 4291 section 2.5.5.2: an IPv4 address written as IPv6.
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      return isOne || (isMapped && bytes[12] == 127)
    }
  }

  /// Whether `host` is an IP address, IPv6 with or without brackets, or a name of letters, digits, `-`, `_` and `.`.
  static func isValid(_ host: String) -> Bool {
    guard (1...253).contains(host.utf8.count) else { return false }
    if host.contains(":") || host.hasPrefix("[") { return isIPv6(withoutBrackets(host)) }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.allSatisfy { (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(isNameByte) }
  }

  static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }

  static func withoutBrackets(_ host: String) -> String {
    host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
