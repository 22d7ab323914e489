/// Lines on their way to standard output, many of them with one write.
struct LineBuffer {
  private(set) var lines = 0
  private var bytes: [UInt8] = []

  private static let size = 64 << 10

  /// - Returns: false where nobody reads any more.
  mutating func put(_ line: [UInt8]) -> Bool {
    bytes += line
    bytes.append(UInt8(ascii: "\n"))
    lines += 1
    return bytes.count < Self.size || flush()
  }

  /// - Returns: false where nobody reads any more.
  mutating func flush() -> Bool {
    defer { bytes.removeAll(keepingCapacity: true) }
    return StandardOutput.write(bytes)
  }
}
