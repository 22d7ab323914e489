/// Text that may come from anybody, made fit for a terminal: what others say may not steer it.
package enum PrintableText {
  /// With a question mark for each control character (C0, DEL and C1), and a blank for a tab.
  package static func line(_ text: String) -> String { replaced(text, keeping: []) }

  /// The same, of text that is lines already.
  package static func lines(_ text: String) -> String { replaced(text, keeping: ["\n"]) }

  private static func replaced(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      if kept.contains(scalar) || !isControl(scalar) { return scalar }
      return scalar == "\t" ? " " : "?"
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }
}
