/// Gathers a head from the input, wherever the input is cut.
///
/// A head that lies in one piece of input is scanned in place and copied once. Only a head that is cut goes through
/// the buffer, which then becomes the head; between heads nothing is allocated.
struct HTTPHeadReader: Sendable {
  /// How many empty lines before a start line are overlooked (RFC 9112 section 2.2).
  static let maximumEmptyLines = 4

  let limits: HTTPLimits
  /// The incomplete head; at most one byte longer than the limit.
  private var buffer: [UInt8] = []
  private var scan = HTTPHeadScan(.head)
  private var emptyLines = 0
  private var endsInCarriageReturn = false

  init(limits: HTTPLimits) {
    self.limits = limits
  }

  /// Whether no byte of a head has been taken.
  var isIdle: Bool { buffer.isEmpty }

  /// - Returns: The head; nil where all input was taken and the head goes on.
  mutating func next(_ input: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> HTTPHead? {
    if buffer.isEmpty {
      try skipEmptyLines(input, at: &index)
      guard index < input.count else { return nil }
    }
    guard let bytes = try gather(input, at: &index, keeping: true) else { return nil }
    let head = HTTPHead(
      startLineCount: scan.startLineCount ?? 0, fields: HTTPFields(bytes: bytes, entries: scan.entries),
      known: scan.known)
    scan = HTTPHeadScan(.head)
    emptyLines = 0
    return head
  }

  /// Says that a trailer section comes next.
  mutating func beginTrailers() {
    scan = HTTPHeadScan(.trailers)
  }

  /// Reads over a trailer section after ``beginTrailers()``; its fields are checked and dropped.
  ///
  /// - Returns: Whether it is complete; else all input was taken.
  mutating func skipTrailers(_ input: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> Bool {
    guard index < input.count, try gather(input, at: &index, keeping: false) != nil else { return false }
    scan = HTTPHeadScan(.head)
    return true
  }

  /// Takes input up to the end of the section; returns the section's bytes once it is complete.
  private mutating func gather(
    _ input: Span<UInt8>, at index: inout Int, keeping: Bool
  ) throws(HTTPParseError) -> [UInt8]? {
    guard buffer.isEmpty else { return try gatherBuffered(input, at: &index) }
    let rest = input.extracting(index..<input.count)
    guard let count = try scan.advance(rest, limits: limits) else {
      buffer = HTTPBytes.array(rest)
      index = input.count
      return nil
    }
    index += count
    return keeping ? HTTPBytes.array(rest.extracting(first: count)) : []
  }

  private mutating func gatherBuffered(_ input: Span<UInt8>, at index: inout Int) throws(HTTPParseError) -> [UInt8]? {
    // Taken out of self, so that the scan may run over it; nothing is copied.
    var gathered: [UInt8] = []
    swap(&gathered, &buffer)
    let before = gathered.count
    // One byte past the limit is enough to tell that it is passed.
    let taken = min(input.count - index, limits.headerBytes + 1 - before)
    unsafe input.extracting(index..<index + taken).withUnsafeBufferPointer {
      unsafe gathered.append(contentsOf: $0)
    }
    guard let count = try scan.advance(gathered.span, limits: limits) else {
      index += taken
      buffer = gathered
      return nil
    }
    index += count - before
    gathered.removeLast(gathered.count - count)
    return gathered
  }

  private mutating func skipEmptyLines(_ input: Span<UInt8>, at index: inout Int) throws(HTTPParseError) {
    while index < input.count {
      let byte = input[index]
      guard (byte == HTTPBytes.lineFeed) == endsInCarriageReturn else {
        throw .malformed("a CR or LF stands alone before the request line")
      }
      guard byte == HTTPBytes.carriageReturn || byte == HTTPBytes.lineFeed else { return }
      endsInCarriageReturn = byte == HTTPBytes.carriageReturn
      index += 1
      guard !endsInCarriageReturn else { continue }
      emptyLines += 1
      guard emptyLines <= Self.maximumEmptyLines else {
        throw .malformed("there are more than \(Self.maximumEmptyLines) empty lines before the request line")
      }
    }
  }
}
