/// Finds the lines of one head, or of one trailer section, and notes where its fields lie.
///
/// It judges whole lines only. So it can be called again with the same bytes and more behind them, each byte is looked
/// at a bounded number of times however the head is cut, and every cut gives the same verdict.
struct HTTPHeadScan: Sendable {
  enum Section: Sendable {
    /// A start line, then fields.
    case head
    /// Only fields; what they say about framing is not heard (RFC 9110 section 6.5.1).
    case trailers
  }

  let section: Section
  /// How long the start line is, without its line end; nil until it is complete.
  private(set) var startLineCount: Int?
  private(set) var entries: [HTTPFields.Entry] = []
  private(set) var known = HTTPKnownFields()
  /// Where the first line that is not complete begins.
  private var lineStart = 0
  /// Up to where no line feed was found in that line.
  private var searched = 0

  init(_ section: Section) {
    self.section = section
  }

  /// - Parameter head: Everything from the first byte of the section on, possibly more than the section.
  /// - Returns: How many bytes the section has, with its empty line; nil where it is not complete.
  /// - Throws: 400 for a malformed field line, 431 past a limit.
  mutating func advance(_ head: Span<UInt8>, limits: HTTPLimits) throws(HTTPParseError) -> Int? {
    let end = min(head.count, limits.headerBytes)
    while let lineFeed = HTTPBytes.first(HTTPBytes.lineFeed, head, in: min(searched, end)..<end) {
      guard lineFeed > lineStart, head[lineFeed - 1] == HTTPBytes.carriageReturn else {
        throw .malformed("a line of the header section ends without CR LF")
      }
      let line = lineStart..<lineFeed - 1
      lineStart = lineFeed + 1
      searched = lineStart
      if section == .head, startLineCount == nil {
        startLineCount = line.count
      } else if line.isEmpty {
        return lineStart
      } else {
        try readField(head, line, limits)
      }
    }
    guard head.count <= limits.headerBytes else {
      throw .tooLarge("the header section is longer than the limit of \(limits.headerBytes) bytes")
    }
    searched = end
    return nil
  }

  private mutating func readField(
    _ head: Span<UInt8>, _ line: Range<Int>, _ limits: HTTPLimits
  ) throws(HTTPParseError) {
    guard entries.count < limits.headerFields else {
      throw .tooLarge("the header section has more than the limit of \(limits.headerFields) fields")
    }
    let colon = try Self.colon(head, line)
    guard HTTPBytes.isValue(head.extracting(colon + 1..<line.upperBound)) else {
      throw .malformed("a header field's value holds a control character")
    }
    let value = HTTPBytes.trimmed(head, colon + 1..<line.upperBound)
    let name = line.lowerBound..<colon
    if entries.isEmpty { entries.reserveCapacity(8) }
    entries.append(HTTPFields.Entry(name: name, value: value))
    if section == .head { try known.note(head, name: name, value: value) }
  }

  /// Where the name ends. A blank before the colon, or at the start of the line (a folded value), is refused and not
  /// repaired (RFC 9112 sections 5.1 and 5.2).
  private static func colon(_ head: Span<UInt8>, _ line: Range<Int>) throws(HTTPParseError) -> Int {
    let bytes = head.extracting(line)
    for index in bytes.indices where !HTTPBytes.isTokenByte(bytes[index]) {
      if bytes[index] == HTTPBytes.colon, index > 0 { return line.lowerBound + index }
      throw .malformed(
        HTTPBytes.isBlank(bytes[index])
          ? "a header field has a blank before its colon, or is folded over two lines"
          : "a header field's name is empty or holds a character that names cannot have")
    }
    throw .malformed("a header field has no colon")
  }
}
