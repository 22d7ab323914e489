import Glibc

/// The character classes of RFC 9110 section 5.6, and the few operations on bytes that the HTTP code shares.
enum HTTPBytes {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")

  /// Whether a byte may stand in a token: the visible ASCII characters without delimiters. One bit each, because a
  /// shift is cheaper than a table that must be loaded and bounds-checked.
  @inline(__always)
  static func isTokenByte(_ byte: UInt8) -> Bool {
    // Digits and !#$%&'*+-. below 64; letters and ^_`|~ from 64 on.
    let bits: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
    return byte < 128 && (bits &>> UInt64(byte & 63)) & 1 != 0
  }

  /// Whether a byte may stand in a field value: no control characters but the tab (RFC 9110 section 5.5).
  @inline(__always)
  static func isValueByte(_ byte: UInt8) -> Bool {
    byte >= space ? byte != 0x7F : byte == tab
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// The value of a hexadecimal digit.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter &+ 10 : nil
  }

  static func isToken(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where !isTokenByte(bytes[index]) { return false }
    return !bytes.isEmpty
  }

  /// Whether all bytes may stand in a field value. Without an early exit, so that the compiler can test many at once.
  static func isValue(_ bytes: Span<UInt8>) -> Bool {
    var isValid = true
    for index in bytes.indices { isValid = isValueByte(bytes[index]) ? isValid : false }
    return isValid
  }

  static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in bytes.indices where bytes[index] != (unsafe text.utf8Start[index]) { return false }
    return true
  }

  /// Compares without regard to ASCII case; the text must be in lower case.
  static func equal(_ bytes: Span<UInt8>, ignoringCase text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in bytes.indices where lowercased(bytes[index]) != (unsafe text.utf8Start[index]) { return false }
    return true
  }

  /// The range without spaces and tabs at either end.
  static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, isBlank(bytes[lower]) { lower += 1 }
    while upper > lower, isBlank(bytes[upper - 1]) { upper -= 1 }
    return lower..<upper
  }

  /// The next non-empty element of a comma list (RFC 9110 section 5.6.1), trimmed; nil at the end. A comma inside a
  /// quoted string does not separate.
  static func nextElement(_ bytes: Span<UInt8>, at cursor: inout Int, before end: Int) -> Range<Int>? {
    while cursor < end {
      let start = cursor
      var isQuoted = false
      while cursor < end, isQuoted || bytes[cursor] != comma {
        if bytes[cursor] == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if isQuoted, bytes[cursor] == UInt8(ascii: "\\"), cursor + 1 < end {
          cursor += 1
        }
        cursor += 1
      }
      let element = trimmed(bytes, start..<cursor)
      cursor += 1
      if !element.isEmpty { return element }
    }
    return nil
  }

  /// Where `byte` first stands in `range`.
  static func first(_ byte: UInt8, _ bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
    unsafe bytes.extracting(range).withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, let found = unsafe memchr(base, Int32(byte), buffer.count) else {
        return nil
      }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - base)
    }
  }

  /// The bytes as an array of their own, copied once.
  static func array(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }

  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  static func string(_ bytes: Span<UInt8>) -> String {
    unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
