// Numbers (section 6).

extension JSON5Scanner {
  /// The number that is next: a sign, then `Infinity`, `NaN`, a hexadecimal integer or a decimal literal.
  mutating func number() throws(JSON5Error) -> JSON5Number {
    let start = index
    let isNegative = peek == "-"
    if peek == "-" || peek == "+" { advance() }
    let magnitude = try magnitude()
    if let next = peek, next.continuesIdentifier || next == "\\" || next == "." {
      throw unexpected("the end of the number")
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<index])
    return JSON5Number(
      text: String(text), integer: isNegative ? magnitude.integer.map { -$0 } : magnitude.integer,
      double: isNegative ? -magnitude.double : magnitude.double)
  }

  private mutating func magnitude() throws(JSON5Error) -> (integer: Int?, double: Double) {
    switch (peek, peek(1)) {
    case ("I", _), ("N", _):
      let position = position
      switch try identifier() {
      case "Infinity": return (nil, .infinity)
      case "NaN": return (nil, .nan)
      case let other: throw JSON5Error(unquoted: other, at: position)
      }
    case ("0", "x"), ("0", "X"): return try hexadecimalInteger()
    default: return try decimal()
    }
  }

  private mutating func hexadecimalInteger() throws(JSON5Error) -> (integer: Int?, double: Double) {
    advance()
    advance()
    guard peek?.hexadecimalDigit != nil else { throw unexpected("a hexadecimal digit") }
    var integer: Int? = 0
    var double = 0.0
    while let digit = peek?.hexadecimalDigit {
      double = double * 16 + Double(digit)
      integer = integer.flatMap {
        let (product, isOver) = $0.multipliedReportingOverflow(by: 16)
        let (sum, isOverToo) = product.addingReportingOverflow(Int(digit))
        return isOver || isOverToo ? nil : sum
      }
      advance()
    }
    return (integer, double)
  }

  private mutating func decimal() throws(JSON5Error) -> (integer: Int?, double: Double) {
    var text = ""
    let isZero = peek == "0"
    let whole = digits(into: &text)
    if isZero && whole > 1 { throw unexpected("a number without leading zeros") }
    var fraction = 0
    if peek == "." {
      advance()
      // Swift reads neither ".5" nor "5.": the grammar's forms are spelt out.
      if whole == 0 { text += "0" }
      text += "."
      fraction = digits(into: &text)
      if fraction == 0 { text += "0" }
    }
    guard whole + fraction > 0 else { throw unexpected("a digit") }
    if peek == "e" || peek == "E" {
      text += "e"
      advance()
      if let sign = peek, sign == "+" || sign == "-" {
        text.unicodeScalars.append(sign)
        advance()
      }
      guard digits(into: &text) > 0 else { throw unexpected("a digit of the exponent") }
    }
    // Past Double's range, Swift gives infinity as JavaScript does; a text that is not a number cannot come here.
    let double = Double(text) ?? .infinity
    return (Int(text) ?? Int(exactly: double), double)
  }

  private mutating func digits(into text: inout String) -> Int {
    var count = 0
    while let scalar = peek, ("0"..."9").contains(scalar) {
      text.unicodeScalars.append(scalar)
      advance()
      count += 1
    }
    return count
  }
}
