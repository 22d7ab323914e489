import Glibc

/// Standard error, for what goes wrong: standard output belongs to the command's result.
enum StandardError {
  /// Writes one line, after all that has been printed so far.
  static func write(_ line: String) {
    fflush(nil)
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
