import Glibc

@testable import HubServer

/// A pipe that a log writes into, so that a test can read what was written, or leave it unread.
final class LogPipe {
  let input: Int32
  private let output: Int32

  init() {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    (output, input) = (ends[0], ends[1])
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(input)
    close(output)
  }

  /// All that has been written and not been read.
  func text() -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  func lines() -> [Substring] { text().split(separator: "\n") }

  /// Fills the pipe, so that whoever writes waits until it is read.
  func fill() {
    let flags = fcntl(input, F_GETFL)
    _ = fcntl(input, F_SETFL, flags | O_NONBLOCK)
    let chunk = [UInt8](repeating: UInt8(ascii: "\n"), count: 4_096)
    while write(input, chunk, chunk.count) > 0 {}
    _ = fcntl(input, F_SETFL, flags)
  }
}
