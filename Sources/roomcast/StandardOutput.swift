import Glibc

/// Standard output, line by line: whoever reads it through a pipe gets each at once.
enum StandardOutput {
  /// - Returns: false where nobody reads any more.
  static func write(line: [UInt8]) -> Bool { write(line + [UInt8(ascii: "\n")]) }

  /// The same for lines that have their ends already.
  static func write(_ lines: [UInt8]) -> Bool {
    var rest = lines[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0 && errno == EAGAIN {
        var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
    return true
  }

  static func write(line: String) -> Bool { write(line: Array(line.utf8)) }
}
