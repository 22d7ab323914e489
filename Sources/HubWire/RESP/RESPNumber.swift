/// The numbers of the protocol in their decimal form.
enum RESPNumber {
  /// A whole number with or without a sign; nil where it is none, or has no place in 64 bits.
  static func integer(_ digits: ArraySlice<UInt8>) -> Int64? {
    let isNegative = digits.first == UInt8(ascii: "-")
    let digits = isNegative || digits.first == UInt8(ascii: "+") ? digits.dropFirst() : digits
    guard !digits.isEmpty else { return nil }
    var number: Int64 = 0
    for byte in digits {
      guard HTTPBytes.isDigit(byte) else { return nil }
      // Negative all the way: there is one negative number more.
      let (shifted, isTooLong) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLarge) = shifted.subtractingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
      guard !isTooLong, !isTooLarge else { return nil }
      number = sum
    }
    guard !isNegative else { return number }
    return number == .min ? nil : -number
  }

  /// Whether it is a whole number, of any length.
  static func isBig(_ digits: ArraySlice<UInt8>) -> Bool {
    let isSigned = digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+")
    let digits = isSigned ? digits.dropFirst() : digits
    return !digits.isEmpty && digits.allSatisfy(HTTPBytes.isDigit)
  }

  /// A number with a fraction or an exponent, an infinity or a NaN; nil where it is none.
  static func double(_ text: ArraySlice<UInt8>) -> Double? {
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let first = isSigned ? text.dropFirst().first : text.first
    guard let first else { return nil }
    let string = String(decoding: text, as: UTF8.self)
    // The library reads more than the protocol has, such as hexadecimal digits and the payload of a NaN.
    if HTTPBytes.isDigit(first) || first == UInt8(ascii: ".") {
      guard text.allSatisfy(isDecimal) else { return nil }
      return Double(string)
    }
    switch string.lowercased() {
    case "inf", "+inf": return .infinity
    case "-inf": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: return nil
    }
  }

  private static func isDecimal(_ byte: UInt8) -> Bool {
    HTTPBytes.isDigit(byte) || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
  }
}
