/// Cuts a stream of bytes into lines, in constant memory. A pure value.
struct LineSplitter {
  struct Line: Equatable {
    /// Counted from 1; blank lines count, but do not come.
    let number: Int
    /// Without the blanks before it. Nil for a line over the limit, of which nothing is kept.
    let bytes: [UInt8]?
  }

  private let limit: Int
  private var rest: [UInt8] = []
  private var isTooLong = false
  private var number = 0

  /// - Parameter limit: the longest line, in bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// The lines that are complete with `part`.
  mutating func take(_ part: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    while let end = part[start...].firstIndex(of: UInt8(ascii: "\n")) {
      keep(part[start..<end])
      if let line = finish() { lines.append(line) }
      start = end + 1
    }
    keep(part[start...])
    return lines
  }

  /// The last line, where no line break ends it.
  mutating func takeRest() -> Line? {
    finish()
  }

  /// Blanks before a line do not count: a client may send them to show that it is there.
  private mutating func keep(_ part: ArraySlice<UInt8>) {
    let bytes = rest.isEmpty ? part.drop(while: Self.isBlank) : part
    if isTooLong || rest.count + bytes.count > limit {
      isTooLong = true
      rest = []
    } else {
      rest.append(contentsOf: bytes)
    }
  }

  private mutating func finish() -> Line? {
    number += 1
    defer {
      rest = []
      isTooLong = false
    }
    if isTooLong { return Line(number: number, bytes: nil) }
    return rest.isEmpty ? nil : Line(number: number, bytes: rest)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
