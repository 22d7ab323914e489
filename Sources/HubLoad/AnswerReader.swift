import Glibc

/// Reads just enough of the HTTP/1.1 answers on a connection to count them and their refusals.
struct AnswerReader {
  enum Step {
    /// All bytes are used, or what is left is not whole.
    case more
    case head(status: Int)
    case end
  }

  private enum State {
    case head
    /// `bodyLeft` bytes, then the end.
    case body
    /// Before the size line of a chunk (RFC 9112 section 7.1).
    case chunkSize
    /// `bodyLeft` bytes of a chunk and its line break.
    case chunk
    /// The lines after the last chunk.
    case trailer
  }

  private var state = State.head
  private var bodyLeft = 0

  /// The next step within `bytes`, of which those before `at` are used.
  mutating func next(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ at: inout Int) -> Step {
    while true {
      switch state {
      case .head:
        guard let blank = find(bytes + at, count - at, "\r\n\r\n") else { return .more }
        let head = bytes + at
        at = blank - bytes + 4
        return .head(status: takeHead(head, blank + 2))
      case .body, .chunk:
        let taken = min(bodyLeft, count - at)
        bodyLeft -= taken
        at += taken
        if bodyLeft > 0 { return .more }
        if state == .body {
          state = .head
          return .end
        }
        state = .chunkSize
      case .chunkSize:
        guard let line = find(bytes + at, count - at, "\r\n") else { return .more }
        let size = Self.number(bytes + at, line, radix: 16)
        at = line - bytes + 2
        bodyLeft = size + 2
        state = size == 0 ? .trailer : .chunk
      case .trailer:
        guard let line = find(bytes + at, count - at, "\r\n") else { return .more }
        let isEmpty = line == bytes + at
        at = line - bytes + 2
        guard isEmpty else { continue }
        state = .head
        return .end
      }
    }
  }

  /// Reads the status, and from the fields how the body ends. `end` is where the last line ended.
  private mutating func takeHead(_ head: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>) -> Int {
    let status = end - head > 12 ? Self.number(head + 9, end, radix: 10) : 0
    state = .body
    bodyLeft = 0
    var line = head
    while let found = memchr(line, 10, end - line) {
      let lineEnd = found.assumingMemoryBound(to: UInt8.self)
      if Self.begins(line, with: "content-length:") {
        bodyLeft = Self.number(line + 15, lineEnd, radix: 10)
      } else if Self.begins(line, with: "transfer-encoding:"), find(line, lineEnd - line, "chunked") != nil {
        state = .chunkSize
      }
      line = lineEnd + 1
    }
    return status
  }

  /// The line is at least one line break long and the buffer goes on after it, so a longer name only fails to match.
  private static func begins(_ line: UnsafeMutablePointer<UInt8>, with name: StaticString) -> Bool {
    name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) { name in
      line.withMemoryRebound(to: CChar.self, capacity: 1) { strncasecmp($0, name, strlen(name)) == 0 }
    }
  }

  private static func number(
    _ from: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>, radix: Int
  ) -> Int {
    var at = from
    while at < end && at.pointee == UInt8(ascii: " ") { at += 1 }
    var value = 0
    while at < end, let digit = Character(Unicode.Scalar(at.pointee)).hexDigitValue, digit < radix {
      value = value &* radix &+ digit
      at += 1
    }
    return value
  }
}
