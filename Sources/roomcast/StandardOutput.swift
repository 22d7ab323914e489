/// Standard output, line by line: whoever reads it through a pipe gets each at once. On a terminal control characters are
/// shown as question marks; elsewhere what is written stays as it is.
enum StandardOutput {
  /// - Returns: false where nobody reads any more, or a signal ends the command while nobody does.
  static func write(line: [UInt8]) -> Bool { write(line + [UInt8(ascii: "\n")]) }

  /// The same for lines that have their ends already.
  static func write(_ lines: [UInt8]) -> Bool { OutputDescriptor.standardOutput.write(lines: lines) }

  static func write(line: String) -> Bool { write(line: Array(line.utf8)) }
}
