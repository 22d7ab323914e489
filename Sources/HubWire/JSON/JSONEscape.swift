/// What must be escaped in a JSON string (RFC 8259 section 7), and only that: quotation marks, backslashes and control
/// characters.
enum JSONEscape {
  /// How many bytes the inside of a string takes once it has its escapes.
  @inline(__always)
  static func count(_ text: Span<UInt8>) -> Int {
    let plain = WordwisePlainRun.end(in: text, from: 0)
    return plain == text.count ? plain : plain &+ countSlowly(text, from: plain)
  }

  @inline(never)
  private static func countSlowly(_ text: Span<UInt8>, from start: Int) -> Int {
    var count = 0
    for index in start..<text.count { count += length(text[index]) }
    return count
  }

  private static func length(_ byte: UInt8) -> Int {
    if byte >= 0x20 { return byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") ? 2 : 1 }
    return letter(byte) == nil ? 6 : 2
  }

  /// Writes the inside of a string.
  @inline(__always)
  static func write(_ text: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    let plain = WordwisePlainRun.end(in: text, from: 0)
    output.put(text.extracting(0..<plain))
    if plain < text.count { writeSlowly(text, from: plain, to: &output) }
  }

  @inline(never)
  private static func writeSlowly(_ text: Span<UInt8>, from start: Int, to output: inout OutputSpan<UInt8>) {
    for index in start..<text.count {
      let byte = text[index]
      if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
        output.append(byte)
      } else if let letter = letter(byte) {
        output.append(UInt8(ascii: "\\"))
        output.append(letter)
      } else {
        output.put("\\u00")
        output.append(hexadecimal(byte >> 4))
        output.append(hexadecimal(byte & 0xF))
      }
    }
  }

  /// What stands after the backslash in an escape of two characters.
  private static func letter(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
