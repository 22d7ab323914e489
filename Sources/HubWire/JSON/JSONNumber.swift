/// A JSON number by its value, exactly, however it is written: `1`, `1.0` and `10e-1` are the same.
package struct JSONNumber: Sendable, Hashable {
  /// What exponents are cut to: beyond it, numbers that nobody means are taken for one another.
  private static let maximumExponent = 1_000_000_000

  private let isNegative: Bool
  /// The digits that count, without zeros at either end; none for zero.
  private let digits: [UInt8]
  /// The value is `0.DIGITS × 10^exponent`.
  private let exponent: Int

  /// - Parameter text: a number as JSON writes it (RFC 8259 section 6).
  package init(_ text: some Collection<UInt8>) {
    var digits: [UInt8] = []
    var whole = 0
    var isBehindPoint = false
    var power = 0
    var index = text.startIndex
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { text.formIndex(after: &index) }
    loop: while index < text.endIndex {
      switch text[index] {
      case UInt8(ascii: "."): isBehindPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        power = Self.power(text[text.index(after: index)...])
        break loop
      case let digit:
        digits.append(digit)
        if !isBehindPoint { whole += 1 }
      }
      text.formIndex(after: &index)
    }
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    self.digits = digits
    self.isNegative = isNegative && !digits.isEmpty
    exponent = digits.isEmpty ? 0 : whole - leading + power
  }

  package init(_ number: Int) { self.init("\(number)".utf8) }

  private static func power(_ text: some Collection<UInt8>) -> Int {
    var power = 0
    for byte in text where byte >= UInt8(ascii: "0") {
      power = min(maximumExponent, power * 10 + Int(byte - UInt8(ascii: "0")))
    }
    return text.first == UInt8(ascii: "-") ? -power : power
  }

  /// It has no fraction.
  package var isWhole: Bool { digits.count <= exponent || digits.isEmpty }
}

extension JSONNumber: Comparable {
  package static func < (left: JSONNumber, right: JSONNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  private func isSmaller(than other: JSONNumber) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    return exponent == other.exponent ? digits.lexicographicallyPrecedes(other.digits) : exponent < other.exponent
  }
}
