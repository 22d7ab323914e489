// Strings (section 5) and keys without quotes (section 3: ECMAScript 5.1 IdentifierName).

extension JSON5Scanner {
  /// The string at the quote that is next.
  mutating func string() throws(JSON5Error) -> String {
    let start = position
    let quote = peek
    advance()
    var text = String.UnicodeScalarView()
    while let scalar = peek {
      if scalar == quote {
        advance()
        return String(text)
      }
      if scalar == "\\" {
        if let escaped = try escape() { text.append(escaped) }
      } else if scalar == "\n" || scalar == "\r" {
        throw JSON5Error(position: start, reason: "this string is not closed on its line")
      } else {
        text.append(scalar)
        advance()
      }
    }
    throw JSON5Error(position: start, reason: "this string is never closed")
  }

  /// What the escape at the backslash means; nil for a line continuation.
  private mutating func escape() throws(JSON5Error) -> Unicode.Scalar? {
    let start = position
    advance()
    guard let scalar = peek else { throw unexpected("the rest of the escape") }
    switch scalar {
    case "x":
      advance()
      return Unicode.Scalar(try hexadecimal(digits: 2))
    case "u": return try unicodeEscape(from: start)
    case "0":
      advance()
      if let next = peek, ("0"..."9").contains(next) {
        throw JSON5Error(position: start, reason: "octal escapes are not allowed")
      }
      return "\0"
    case "1"..."9": throw JSON5Error(position: start, reason: "octal escapes are not allowed")
    case "\r":
      advance()
      if peek == "\n" { advance() }
      return nil
    case "\n", "\u{2028}", "\u{2029}":
      advance()
      return nil
    default:
      advance()
      return Self.singleEscapes[scalar] ?? scalar
    }
  }

  private static let singleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
    "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}",
  ]

  /// `uXXXX`, or a surrogate pair of two escapes.
  private mutating func unicodeEscape(from start: SourcePosition) throws(JSON5Error) -> Unicode.Scalar {
    advance()
    let first = try hexadecimal(digits: 4)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, peek == "\\", peek(1) == "u" {
      advance()
      advance()
      let second = try hexadecimal(digits: 4)
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw JSON5Error(position: start, reason: "this escape is half of a surrogate pair")
  }

  private mutating func hexadecimal(digits: Int) throws(JSON5Error) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = peek, let digit = scalar.hexadecimalDigit else { throw unexpected("a hexadecimal digit") }
      value = value << 4 | digit
      advance()
    }
    return value
  }

  /// The identifier that is next; it may hold Unicode escapes of letters.
  mutating func identifier() throws(JSON5Error) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = peek {
      let start = position
      let part: Unicode.Scalar
      if scalar == "\\" {
        guard peek(1) == "u" else { throw JSON5Error(position: start, reason: "a key allows only \\u escapes") }
        advance()
        part = try unicodeEscape(from: start)
      } else {
        part = scalar
      }
      guard text.isEmpty ? part.startsIdentifier : part.continuesIdentifier else {
        guard scalar != "\\" else {
          throw JSON5Error(position: start, reason: "a key without quotes cannot hold this character")
        }
        break
      }
      text.append(part)
      if scalar != "\\" { advance() }
    }
    guard !text.isEmpty else { throw unexpected("a key") }
    return String(text)
  }
}

extension Unicode.Scalar {
  var isLineTerminator: Bool {
    self == "\n" || self == "\r" || self == "\u{2028}" || self == "\u{2029}"
  }

  var isJSON5Space: Bool {
    switch self {
    case "\t", "\u{B}", "\u{C}", " ", "\u{A0}", "\u{FEFF}": true
    default: isLineTerminator || properties.generalCategory == .spaceSeparator
    }
  }

  var startsIdentifier: Bool {
    if self == "$" || self == "_" { return true }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
      return true
    default: return false
    }
  }

  var continuesIdentifier: Bool {
    if startsIdentifier || self == "\u{200C}" || self == "\u{200D}" { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }

  var hexadecimalDigit: UInt32? {
    switch self {
    case "0"..."9": value - 0x30
    case "a"..."f": value - 0x61 + 10
    case "A"..."F": value - 0x41 + 10
    default: nil
    }
  }

  /// The scalar as people write code points: `U+00A0`.
  var codePoint: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
