/// Makes text safe to stand in one line of a log or terminal.
///
/// Whoever names a room or sends a header must not be able to begin a line of their own, move a cursor or turn the
/// direction of writing. Escapes are JSON's, so that one rule serves both forms of a line.
package enum LogText {
  /// The text with every control character written as an escape.
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var bytes: [UInt8] = []
    append(text, to: &bytes, isQuoted: false)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text as a JSON string.
  static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    append(text, to: &bytes, isQuoted: true)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the text as it is where that is unmistakable, else as a JSON string.
  static func appendValue(_ text: String, to bytes: inout [UInt8]) {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      !isUnsafe(scalar) && scalar != " " && scalar != "\"" && scalar != "=" && scalar != "\\"
    }
    if isPlain && !text.isEmpty { bytes += text.utf8 } else { appendQuoted(text, to: &bytes) }
  }

  static func append(_ text: String, to bytes: inout [UInt8], isQuoted: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"" where isQuoted, "\\" where isQuoted:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case "\n": bytes += "\\n".utf8
      case "\r": bytes += "\\r".utf8
      case "\t": bytes += "\\t".utf8
      case _ where isUnsafe(scalar): appendEscape(scalar, to: &bytes)
      default: bytes += UTF8.encode(scalar)!
      }
    }
  }

  /// Controls (C0, DEL, C1), the line breaks of Unicode, and what turns the direction of writing.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x61C, 0xFEFF: true
    default: false
    }
  }

  /// `\uXXXX`; nothing unsafe lies beyond the first plane.
  private static func appendEscape(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    bytes += "\\u".utf8
    for shift in stride(from: 12, through: 0, by: -4) {
      bytes.append(Hexadecimal.digit(UInt8(scalar.value >> UInt32(shift) & 0xF)))
    }
  }
}
