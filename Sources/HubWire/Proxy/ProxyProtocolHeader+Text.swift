// Version 1: one line of text (section 2.1).

extension ProxyProtocolHeader {
  /// The longest line, with its end.
  private static let longestLine = 107

  /// `PROXY TCP4 192.168.0.1 192.168.0.11 56324 443`, or `PROXY UNKNOWN` and anything.
  static func readText(_ input: Span<UInt8>) throws(ProxyProtocolError) -> ProxyProtocolHeader? {
    guard agrees(input, with: "PROXY ") else { throw missing }
    guard let end = try endOfLine(input) else { return nil }
    let line = input.extracting(first: end)
    if line.starts(with: "PROXY UNKNOWN") {
      guard end == 13 || line[13] == HTTPBytes.space else { throw malformed }
      return ProxyProtocolHeader(byteCount: end + 2, source: nil)
    }
    guard line.starts(with: "PROXY TCP4 ") || line.starts(with: "PROXY TCP6 ") else { throw malformed }
    return ProxyProtocolHeader(byteCount: end + 2, source: try source(line, isV4: line[9] == UInt8(ascii: "4")))
  }

  private static let malformed = ProxyProtocolError("the line of PROXY protocol version 1 is malformed")

  /// Where the CRLF stands; nothing less ends a line.
  private static func endOfLine(_ input: Span<UInt8>) throws(ProxyProtocolError) -> Int? {
    for index in 0..<min(input.count, longestLine - 1) {
      switch input[index] {
      case HTTPBytes.carriageReturn:
        guard index + 1 < input.count else { return nil }
        guard input[index + 1] == HTTPBytes.lineFeed else { throw malformed }
        return index
      case HTTPBytes.lineFeed: throw malformed
      default: continue
      }
    }
    guard input.count < longestLine else {
      throw ProxyProtocolError("the line of PROXY protocol version 1 is longer than \(longestLine) bytes")
    }
    return nil
  }

  /// The first of two addresses and two ports, all of which must be right, with one space between each.
  private static func source(_ line: Span<UInt8>, isV4: Bool) throws(ProxyProtocolError) -> IPAddress {
    var words: [Range<Int>] = []
    var start = 11
    while words.count < 4, start <= line.count {
      let end = HTTPBytes.first(HTTPBytes.space, line, in: start..<line.count) ?? line.count
      words.append(start..<end)
      start = end + 1
    }
    guard words.count == 4, start > line.count, let source = address(line.extracting(words[0]), isV4: isV4),
      address(line.extracting(words[1]), isV4: isV4) != nil, isPort(line.extracting(words[2])),
      isPort(line.extracting(words[3]))
    else { throw malformed }
    return source
  }

  private static func address(_ text: Span<UInt8>, isV4: Bool) -> IPAddress? {
    let hasColon = HTTPBytes.first(HTTPBytes.colon, text, in: 0..<text.count) != nil
    return hasColon != isV4 ? IPAddress(text: text) : nil
  }

  private static func isPort(_ text: Span<UInt8>) -> Bool {
    guard (1...5).contains(text.count), text.count == 1 || text[0] != UInt8(ascii: "0") else { return false }
    var port = 0
    for index in text.indices {
      guard HTTPBytes.isDigit(text[index]) else { return false }
      port = port * 10 + Int(text[index] &- UInt8(ascii: "0"))
    }
    return port <= 65_535
  }
}
