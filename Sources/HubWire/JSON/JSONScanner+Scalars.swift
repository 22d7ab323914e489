extension JSONScanner {
  /// A string with both its quotation marks; `index` stands on the first (RFC 8259 section 7).
  @inline(__always)
  static func scanString<Runs: PlainRun>(
    _ input: Span<UInt8>, _ index: inout Int, _ runs: Runs.Type
  ) throws(JSONError) {
    index &+= 1
    while true {
      index = Runs.end(in: input, from: index)
      guard index < input.count else { throw ended(input) }
      let byte = input[index]
      if byte == UInt8(ascii: "\"") {
        index &+= 1
        return
      }
      try scanSpecial(byte, input, &index)
    }
  }

  /// What stops a plain run inside a string and is not its end: an escape, text beyond ASCII, or a mistake.
  @inline(never)
  private static func scanSpecial(_ first: UInt8, _ input: Span<UInt8>, _ index: inout Int) throws(JSONError) {
    if first == UInt8(ascii: "\\") { return try scanEscape(input, &index) }
    guard first >= 0x80 else {
      throw JSONError(offset: index, reason: "a control character stands in a string; write it as an escape")
    }
    repeat {
      let length = sequenceLength(input, index)
      guard length > 0 else { throw JSONError(offset: index, reason: "this is not UTF-8") }
      index &+= length
    } while index < input.count && input[index] >= 0x80
  }

  private static func scanEscape(_ input: Span<UInt8>, _ index: inout Int) throws(JSONError) {
    guard index + 1 < input.count else { throw ended(input) }
    switch input[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index &+= 2
    case UInt8(ascii: "u"):
      for place in (index + 2)..<(index + 6) {
        guard place < input.count else { throw ended(input) }
        guard isHexadecimal(input[place]) else { throw unexpected(input, place, "four hexadecimal digits after \\u") }
      }
      index &+= 6
    default: throw unexpected(input, index + 1, "one of \" \\ / b f n r t u after a backslash")
    }
  }

  /// The length of the well-formed sequence of bytes beyond ASCII that begins here, by the table of RFC 3629
  /// section 4; 0 where there is none.
  private static func sequenceLength(_ input: Span<UInt8>, _ index: Int) -> Int {
    let left = input.count - index
    let first = input[index]
    guard left >= 2 else { return 0 }
    let second = input[index + 1]
    switch first {
    case 0xC2...0xDF: return isContinuation(second) ? 2 : 0
    case 0xE0...0xEF:
      guard left >= 3, isContinuation(second), isContinuation(input[index + 2]) else { return 0 }
      // Overlong forms, and the surrogates U+D800 to U+DFFF.
      return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3
    case 0xF0...0xF4:
      guard left >= 4, isContinuation(second), isContinuation(input[index + 2]), isContinuation(input[index + 3])
      else { return 0 }
      // Overlong forms, and what lies beyond U+10FFFF.
      return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4
    default: return 0
    }
  }

  @inline(__always)
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6
  }

  /// RFC 8259 section 6: `-`? int frac? exp?
  @inline(__always)
  static func scanNumber(_ input: Span<UInt8>, _ index: inout Int) throws(JSONError) {
    if input[index] == UInt8(ascii: "-") { index &+= 1 }
    if index < input.count, input[index] == UInt8(ascii: "0") {
      index &+= 1
      guard index >= input.count || !isDigit(input[index]) else {
        throw JSONError(offset: index, reason: "a number does not begin with 0")
      }
    } else {
      try scanDigits(input, &index)
    }
    guard index < input.count else { return }
    if input[index] == UInt8(ascii: ".") {
      index &+= 1
      try scanDigits(input, &index)
      guard index < input.count else { return }
    }
    if input[index] | 0x20 == UInt8(ascii: "e") {
      index &+= 1
      if index < input.count, input[index] == UInt8(ascii: "+") || input[index] == UInt8(ascii: "-") { index &+= 1 }
      try scanDigits(input, &index)
    }
  }

  /// One digit or more.
  @inline(__always)
  private static func scanDigits(_ input: Span<UInt8>, _ index: inout Int) throws(JSONError) {
    guard index < input.count else { throw ended(input) }
    guard isDigit(input[index]) else { throw unexpected(input, index, "a digit") }
    repeat { index &+= 1 } while index < input.count && isDigit(input[index])
  }

  /// RFC 8259 section 3: `true`, `false`, `null`, in lower case.
  @inline(__always)
  static func scanLiteral(_ literal: StaticString, _ input: Span<UInt8>, _ index: inout Int) throws(JSONError) {
    for offset in 0..<literal.utf8CodeUnitCount {
      guard index < input.count else { throw ended(input) }
      guard unsafe input[index] == literal.utf8Start[offset] else { throw unexpected(input, index, "\(literal)") }
      index &+= 1
    }
  }

  @inline(never)
  static func ended(_ input: Span<UInt8>) -> JSONError {
    JSONError(offset: input.count, reason: "it ends too early")
  }

  /// Names what was expected, and not what was found: that may be a secret.
  @inline(never)
  static func unexpected(_ input: Span<UInt8>, _ index: Int, _ expected: String) -> JSONError {
    guard index < input.count else { return ended(input) }
    if index == 0, input.count >= 3, input[0] == 0xEF, input[1] == 0xBB, input[2] == 0xBF {
      return JSONError(offset: 0, reason: "a byte order mark stands before the value")
    }
    return JSONError(offset: index, reason: "expected \(expected)")
  }
}
