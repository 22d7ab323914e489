import Glibc

/// What is known of the terminal behind a descriptor.
struct Terminal {
  let descriptor: Int32

  struct Size: Equatable {
    var columns: Int
    var rows: Int
  }

  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let error = Terminal(descriptor: STDERR_FILENO)

  var isThere: Bool { isatty(descriptor) == 1 }

  /// 80 by 24 where it does not say.
  var size: Size {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return Size(columns: 80, rows: 24)
    }
    return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Writes text that may steer it.
  ///
  /// - Returns: false where it is gone, or a signal ends the command while it takes nothing.
  @discardableResult
  func write(_ text: String) -> Bool { OutputDescriptor(number: descriptor).write(Array(text.utf8)) }
}
