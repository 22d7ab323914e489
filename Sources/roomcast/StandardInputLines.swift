import Glibc
import HubIO

/// The lines of standard input, read as they are asked for.
struct StandardInputLines: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = any Error

  func makeAsyncIterator() -> Iterator { Iterator() }

  struct Iterator: AsyncIteratorProtocol {
    private var part: [UInt8] = []
    /// How far `part` has been given out.
    private var start = 0
    private var isAtEnd = false

    private static let partSize = 64 << 10
    /// No hub takes a longer line; a stream without line breaks must not fill the memory.
    private static let maximumLine = 64 << 20

    /// - Throws: where the input cannot be read.
    mutating func next() async throws -> [UInt8]? {
      while true {
        if let line = takeLine() { return line }
        if isAtEnd { return takeRest() }
        guard part.count - start <= Self.maximumLine else { throw InputError.line(longerThan: Self.maximumLine) }
        let more = try await BlockingThread.run { Self.read() }.get()
        isAtEnd = more.isEmpty
        part.removeFirst(start)
        start = 0
        part += more
      }
    }

    private mutating func takeLine() -> [UInt8]? {
      guard let end = part[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      defer { start = end + 1 }
      return Array(part[start..<end])
    }

    private mutating func takeRest() -> [UInt8]? {
      defer { start = part.count }
      return start < part.count ? Array(part[start...]) : nil
    }

    private static func read() -> Result<[UInt8], InputError> {
      while true {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: partSize) { buffer, filled in
          count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
          filled = Swift.max(0, count)
        }
        if count >= 0 { return .success(bytes) }
        if errno == EAGAIN {
          var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
          poll(&ready, 1, -1)
        } else if errno != EINTR {
          return .failure(.system(SystemError("read standard input")))
        }
      }
    }
  }
}

/// Why standard input cannot be read on.
enum InputError: Error, CustomStringConvertible {
  case system(SystemError)
  case line(longerThan: Int)

  var description: String {
    switch self {
    case .system(let error): error.description
    case .line(let limit): "a line is longer than \(limit) bytes"
    }
  }
}
