import Glibc

/// Standard error, for what goes wrong: standard output belongs to the command's result. On a terminal control characters
/// are shown as question marks.
enum StandardError {
  /// Writes one line, after all that has been printed so far.
  ///
  /// - Parameter isPrintable: it has colours of its own, and has been made printable where others have a say in it.
  static func write(_ line: String, isPrintable: Bool = false) {
    fflush(nil)
    let bytes = Array((line + "\n").utf8)
    let output = OutputDescriptor.standardError
    _ = isPrintable ? output.write(bytes) : output.write(lines: bytes)
  }
}
