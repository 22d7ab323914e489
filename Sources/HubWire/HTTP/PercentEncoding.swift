/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
  /// The text with each `%XX` turned into its byte; nil where a `%` is not followed by two hexadecimal digits, or
  /// where the bytes are not UTF-8.
  ///
  /// - Parameter plusIsSpace: As in a query made by a form.
  package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    let source = text.utf8
    guard source.contains(where: { $0 == UInt8(ascii: "%") || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
      return String(text)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count)
    var iterator = source.makeIterator()
    while let byte = iterator.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = iterator.next().flatMap(HTTPBytes.hexValue),
          let low = iterator.next().flatMap(HTTPBytes.hexValue)
        else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? HTTPBytes.space : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The text with every byte escaped that is not unreserved (letters, digits and `-._~`), fit for a path segment and
  /// for a name or value of a query.
  package static func encode(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The hexadecimal digit of a value below 16.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
