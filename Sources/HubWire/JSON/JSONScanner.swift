/// Tells whether bytes are one JSON text (RFC 8259), without building anything from it.
///
/// Strict where the RFC leaves a choice to be lax: UTF-8 without surrogates and overlong forms (RFC 3629), no byte
/// order mark, no empty text, exactly one value, nesting bounded. Escapes follow the grammar alone, so `\ud800` without
/// its other half is valid here (RFC 8259 section 8.2) and is refused only where a text is decoded.
///
/// Iterative: what is open is a stack of bits, one a level, so that the input cannot grow the thread's stack.
package enum JSONScanner {
  /// The deepest nesting of an event's data.
  package static let maximumDepth = 256

  /// The deepest nesting that any caller may ask for: the bits of ``JSONNesting``.
  package static let deepest = JSONNesting.capacity

  /// - Throws: where the text stops being JSON, and why.
  package static func validate(
    _ input: Span<UInt8>, maximumDepth: Int = JSONScanner.maximumDepth
  ) throws(JSONError) -> JSONShape {
    try validate(input, maximumDepth: maximumDepth, runs: WordwisePlainRun.self)
  }

  /// The same, with the way to cross plain string bytes given: tests compare the two that there are.
  ///
  /// Specialised for each, so that the choice costs nothing.
  @_specialize(where Runs == WordwisePlainRun)
  package static func validate<Runs: PlainRun>(
    _ input: Span<UInt8>, maximumDepth: Int, runs: Runs.Type
  ) throws(JSONError) -> JSONShape {
    precondition(maximumDepth <= deepest)
    var nesting = JSONNesting()
    var broken = false
    var index = 0
    skipWhitespace(input, &index, &broken)
    guard index < input.count else { throw JSONError(offset: index, reason: "there is no value") }
    guard let kind = JSONKind(firstByte: input[index]) else { throw unexpected(input, index, "a value") }
    while try openValue(input, &index, &broken, &nesting, maximumDepth, runs) {}
    guard index == input.count else { throw unexpected(input, index, "the end, after one value") }
    return JSONShape(kind: kind, needsCompaction: broken)
  }

  /// Crosses one scalar, or the opening of one container, and whatever closes after it, up to where the next value
  /// begins.
  ///
  /// - Returns: false once the outermost value is complete and the whitespace after it crossed.
  @inline(__always)
  private static func openValue<Runs: PlainRun>(
    _ input: Span<UInt8>, _ index: inout Int, _ broken: inout Bool, _ nesting: inout JSONNesting, _ maximumDepth: Int,
    _ runs: Runs.Type
  ) throws(JSONError) -> Bool {
    guard index < input.count else { throw ended(input) }
    switch input[index] {
    case UInt8(ascii: "\""):
      try scanString(input, &index, runs)
    case UInt8(ascii: "{"):
      try nesting.open(object: true, at: index, limit: maximumDepth)
      index &+= 1
      skipWhitespace(input, &index, &broken)
      if index >= input.count || input[index] != UInt8(ascii: "}") {
        try scanKey(input, &index, &broken, runs)
        return true
      }
    case UInt8(ascii: "["):
      try nesting.open(object: false, at: index, limit: maximumDepth)
      index &+= 1
      skipWhitespace(input, &index, &broken)
      if index >= input.count || input[index] != UInt8(ascii: "]") { return true }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try scanNumber(input, &index)
    case UInt8(ascii: "t"): try scanLiteral("true", input, &index)
    case UInt8(ascii: "f"): try scanLiteral("false", input, &index)
    case UInt8(ascii: "n"): try scanLiteral("null", input, &index)
    default: throw unexpected(input, index, "a value")
    }
    return try closeValues(input, &index, &broken, &nesting, runs)
  }

  /// After a value: crosses closing brackets until a comma announces another value.
  ///
  /// - Returns: false where nothing is open any more.
  @inline(__always)
  private static func closeValues<Runs: PlainRun>(
    _ input: Span<UInt8>, _ index: inout Int, _ broken: inout Bool, _ nesting: inout JSONNesting, _ runs: Runs.Type
  ) throws(JSONError) -> Bool {
    skipWhitespace(input, &index, &broken)
    while nesting.depth > 0 {
      guard index < input.count else { throw ended(input) }
      let byte = input[index]
      if byte == UInt8(ascii: ",") {
        index &+= 1
        skipWhitespace(input, &index, &broken)
        if nesting.isInObject { try scanKey(input, &index, &broken, runs) }
        return true
      }
      guard byte == (nesting.isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw unexpected(input, index, nesting.isInObject ? "\",\" or \"}\"" : "\",\" or \"]\"")
      }
      nesting.close()
      index &+= 1
      skipWhitespace(input, &index, &broken)
    }
    return false
  }

  /// A member's name, its colon, and the whitespace up to its value.
  @inline(__always)
  private static func scanKey<Runs: PlainRun>(
    _ input: Span<UInt8>, _ index: inout Int, _ broken: inout Bool, _ runs: Runs.Type
  ) throws(JSONError) {
    guard index < input.count else { throw ended(input) }
    guard input[index] == UInt8(ascii: "\"") else { throw unexpected(input, index, "a member's name") }
    try scanString(input, &index, runs)
    skipWhitespace(input, &index, &broken)
    guard index < input.count else { throw ended(input) }
    guard input[index] == UInt8(ascii: ":") else { throw unexpected(input, index, "\":\"") }
    index &+= 1
    skipWhitespace(input, &index, &broken)
  }

  /// RFC 8259 section 2: space, tab, line feed, carriage return; notes all but the space.
  @inline(__always)
  static func skipWhitespace(_ input: Span<UInt8>, _ index: inout Int, _ broken: inout Bool) {
    while index < input.count {
      let byte = input[index]
      if byte > 0x20 { return }
      if byte != 0x20 {
        guard byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
        broken = true
      }
      index &+= 1
    }
  }
}
