import Glibc
import HubClient
import HubIO

/// A descriptor that others may hold, too, so that it stays as it is, blocking or not.
struct OutputDescriptor {
  let number: Int32

  static let standardOutput = OutputDescriptor(number: STDOUT_FILENO)
  static let standardError = OutputDescriptor(number: STDERR_FILENO)

  /// What a pipe takes at once when it takes anything.
  private static let most = Int(PIPE_BUF)
  /// How soon a signal is seen while nobody reads, in milliseconds.
  private static let patience: Int32 = 100

  /// Writes all of it. While nobody reads it waits, until a signal comes.
  ///
  /// - Returns: false where nobody reads any more, or ``isToEnd``.
  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      var ready = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
      switch poll(&ready, 1, Self.patience) {
      case 0: if Self.isToEnd { return false }
      case ..<0: if errno != EINTR { return false }
      default:
        let count = rest.prefix(Self.most).withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count == 0 || errno != EINTR && errno != EAGAIN {
          return false
        }
      }
    }
    return true
  }

  /// The same for text that is lines: on a terminal without what would steer it.
  func write(lines: [UInt8]) -> Bool {
    guard isatty(number) == 1 else { return write(lines) }
    return write(Array(PrintableText.lines(String(decoding: lines, as: UTF8.self)).utf8))
  }

  /// A signal that ends commands has come: it was taken, or waits to be.
  static var isToEnd: Bool { Task.isCancelled || Signals.arePending }
}
