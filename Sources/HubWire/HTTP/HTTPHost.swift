/// The syntax of an authority, `uri-host [":" port]`, as a Host field and an absolute-form target carry it
/// (RFC 9110 section 7.2, RFC 3986 section 3.2).
enum HTTPHost {
  /// Whether the bytes are a host that is not empty, with or without a port.
  ///
  /// A comma is refused although a registered name could hold one: it is what a proxy makes of two Host fields. User
  /// information (`user@host`) is refused (RFC 9110 section 4.2.4).
  static func isValid(_ bytes: Span<UInt8>) -> Bool {
    guard let nameCount = bytes.first == UInt8(ascii: "[") ? literalCount(bytes) : nameCount(bytes), nameCount > 0
    else { return false }
    guard nameCount < bytes.count else { return true }
    guard bytes[nameCount] == HTTPBytes.colon else { return false }
    return isPort(bytes.extracting(nameCount + 1..<bytes.count))
  }

  /// The length of a registered name or an IPv4 address; nil where a `%` is not followed by two digits.
  private static func nameCount(_ bytes: Span<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count, isNameByte(bytes[index]) {
      if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, HTTPBytes.hexValue(bytes[index + 1]) != nil,
          HTTPBytes.hexValue(bytes[index + 2]) != nil
        else { return nil }
      }
      index += 1
    }
    return index
  }

  /// The length of an address in brackets: IPv6, possibly with a zone, or a future version.
  private static func literalCount(_ bytes: Span<UInt8>) -> Int? {
    var index = 1
    while index < bytes.count, isNameByte(bytes[index]) || bytes[index] == HTTPBytes.colon { index += 1 }
    return index > 1 && index < bytes.count && bytes[index] == UInt8(ascii: "]") ? index + 1 : nil
  }

  /// An empty port is valid and means the default.
  private static func isPort(_ digits: Span<UInt8>) -> Bool {
    guard digits.count <= 5 else { return false }
    var port = 0
    for index in digits.indices {
      guard HTTPBytes.isDigit(digits[index]) else { return false }
      port = port * 10 + Int(digits[index] &- UInt8(ascii: "0"))
    }
    return port <= 65_535
  }

  /// Unreserved characters, `%`, and the sub-delimiters without the comma.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: "="): true
    case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"): false
    default: HTTPBytes.isTokenByte(byte)
    }
  }
}

extension Span<UInt8> {
  /// The first byte, nil where there is none.
  fileprivate var first: UInt8? { isEmpty ? nil : self[0] }
}
