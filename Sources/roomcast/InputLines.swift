import Glibc
import HubIO

/// The lines of standard input, or of an open file, read as they are asked for.
struct InputLines: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = any Error

  var descriptor = STDIN_FILENO

  func makeAsyncIterator() -> Iterator { Iterator(descriptor: descriptor) }

  struct Iterator: AsyncIteratorProtocol {
    private let descriptor: Int32
    private var part: [UInt8] = []
    /// How far `part` has been given out.
    private var start = 0
    private var isAtEnd = false

    private static let partSize = 64 << 10
    /// No hub takes a longer line; a stream without line breaks must not fill the memory.
    private static let maximumLine = 64 << 20

    fileprivate init(descriptor: Int32) {
      self.descriptor = descriptor
    }

    /// - Throws: where the input cannot be read.
    mutating func next() async throws -> [UInt8]? {
      while true {
        if let line = takeLine() { return line }
        if isAtEnd { return takeRest() }
        guard part.count - start <= Self.maximumLine else { throw InputError.line(longerThan: Self.maximumLine) }
        let more = try await BlockingThread.run { [descriptor] in Self.read(descriptor) }.get()
        isAtEnd = more.isEmpty
        part.removeFirst(start)
        start = 0
        part += more
      }
    }

    private mutating func takeLine() -> [UInt8]? {
      let end = part.withUnsafeBytes { bytes -> Int? in
        guard let first = bytes.baseAddress, start < bytes.count else { return nil }
        return memchr(first + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map {
          $0 - UnsafeMutableRawPointer(mutating: first)
        }
      }
      guard let end else { return nil }
      defer { start = end + 1 }
      return Array(part[start..<end])
    }

    private mutating func takeRest() -> [UInt8]? {
      defer { start = part.count }
      return start < part.count ? Array(part[start...]) : nil
    }

    private static func read(_ descriptor: Int32) -> Result<[UInt8], InputError> {
      while true {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: partSize) { buffer, filled in
          count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
          filled = Swift.max(0, count)
        }
        if count >= 0 { return .success(bytes) }
        if errno == EAGAIN {
          var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          poll(&ready, 1, -1)
        } else if errno != EINTR {
          return .failure(.system(SystemError(descriptor == STDIN_FILENO ? "read standard input" : "read the file")))
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
