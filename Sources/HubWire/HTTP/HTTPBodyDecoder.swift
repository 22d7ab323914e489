/// Finds a message's body in the input (RFC 9112 sections 6 and 7).
///
/// The chunk framing is read byte by byte, so a refusal does not depend on how the input is cut.
struct HTTPBodyDecoder: Sendable {
  enum Step {
    case body(Range<Int>)
    case end
  }

  /// What the next byte belongs to.
  private enum Part: Sendable {
    case end
    /// A body of a length known beforehand.
    case data
    case untilClose
    case chunkSize
    case chunkExtension
    /// The LF after a chunk's size line.
    case chunkSizeEnd
    case chunkData
    /// The CR after a chunk's data.
    case chunkDataReturn
    /// The LF after it.
    case chunkDataEnd
    case trailers
  }

  /// The longest chunk extension in bytes; no extension is understood, all are passed over (RFC 9112 section 7.1.1).
  static let maximumExtension = 256
  /// The most hexadecimal digits in a chunk's size, leading zeros included.
  static let maximumSizeDigits = 16

  private var part: Part
  /// The body bytes still to come in this body or chunk; while a size line is read, its value so far.
  private var remaining = 0
  /// The digits of the size, or bytes of the extension, read so far.
  private var lineCount = 0

  init(_ length: HTTPBodyLength) {
    switch length {
    case .none: part = .end
    case .length(let count):
      part = .data
      remaining = count
    case .chunked: part = .chunkSize
    case .untilClose: part = .untilClose
    }
  }

  /// Whether the end of the connection is the end of this body.
  var endsWithConnection: Bool { part == .untilClose }

  /// The connection ended, and with it the body.
  mutating func finish() { part = .end }

  /// - Parameter reader: Reads the trailer section with the limits of the head.
  /// - Returns: The next piece of the body, its end, or nil where more input is needed.
  mutating func next(
    _ input: Span<UInt8>, at index: inout Int, reader: inout HTTPHeadReader
  ) throws(HTTPParseError) -> Step? {
    if part == .data, remaining == 0 { part = .end }
    while part != .end {
      switch part {
      case .data, .chunkData, .untilClose:
        return takeData(input, at: &index)
      case .trailers:
        guard try reader.skipTrailers(input, at: &index) else { return nil }
        part = .end
      default:
        guard index < input.count else { return nil }
        let byte = input[index]
        index += 1
        try readFraming(byte)
        if part == .trailers { reader.beginTrailers() }
      }
    }
    return .end
  }

  private mutating func takeData(_ input: Span<UInt8>, at index: inout Int) -> Step? {
    let available = input.count - index
    guard available > 0 else { return nil }
    let count = part == .untilClose ? available : min(available, remaining)
    defer { index += count }
    if part != .untilClose {
      remaining -= count
      if part == .chunkData, remaining == 0 { part = .chunkDataReturn }
    }
    return .body(index..<index + count)
  }

  private mutating func readFraming(_ byte: UInt8) throws(HTTPParseError) {
    switch part {
    case .chunkSize: try readSize(byte)
    case .chunkExtension: try readExtension(byte)
    case .chunkSizeEnd:
      guard byte == HTTPBytes.lineFeed else { throw .malformed("a chunk's size line ends without CR LF") }
      lineCount = 0
      part = remaining == 0 ? .trailers : .chunkData
    case .chunkDataReturn:
      guard byte == HTTPBytes.carriageReturn else { throw .malformed("a chunk's data is not followed by CR LF") }
      part = .chunkDataEnd
    default:
      guard byte == HTTPBytes.lineFeed else { throw .malformed("a chunk's data is not followed by CR LF") }
      part = .chunkSize
    }
  }

  private mutating func readSize(_ byte: UInt8) throws(HTTPParseError) {
    if let digit = HTTPBytes.hexValue(byte) {
      lineCount += 1
      guard lineCount <= Self.maximumSizeDigits, remaining <= Int.max >> 4 else {
        throw .malformed(
          "a chunk's size has more than \(Self.maximumSizeDigits) digits, or is larger than \(Int.max)")
      }
      remaining = remaining << 4 | Int(digit)
    } else {
      guard lineCount > 0, byte == HTTPBytes.carriageReturn || byte == UInt8(ascii: ";") else {
        throw .malformed("a chunk's size is not a hexadecimal number")
      }
      lineCount = 0
      part = byte == HTTPBytes.carriageReturn ? .chunkSizeEnd : .chunkExtension
    }
  }

  private mutating func readExtension(_ byte: UInt8) throws(HTTPParseError) {
    guard byte != HTTPBytes.carriageReturn else {
      part = .chunkSizeEnd
      return
    }
    guard HTTPBytes.isValueByte(byte) else { throw .malformed("a chunk extension holds a control character") }
    lineCount += 1
    guard lineCount <= Self.maximumExtension else {
      throw .malformed("a chunk extension is longer than the limit of \(Self.maximumExtension) bytes")
    }
  }
}
