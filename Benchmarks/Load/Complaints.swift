import Glibc

/// Says on standard error why the run cannot go on, and ends it with exit code 2.
func fail(_ reason: String) -> Never {
  complain(reason)
  exit(2)
}

/// Writes a line to standard error.
func complain(_ text: String) {
  var line = "load: \(text)\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
