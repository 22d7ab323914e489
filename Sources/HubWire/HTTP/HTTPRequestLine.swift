/// `METHOD SP target SP HTTP/1.x` (RFC 9112 section 3), taken apart.
struct HTTPRequestLine: Sendable {
  var method: HTTPMethod
  var minorVersion: Int
  /// Where the path lies; empty where an absolute-form target has none.
  var path: Range<Int>
  /// Where the query lies, without its question mark.
  var query: Range<Int>?
  /// Where the authority of an absolute-form target lies.
  var authority: Range<Int>?

  /// - Throws: 505 for a version other than 1.0 and 1.1, 400 for everything malformed.
  init(_ line: Span<UInt8>) throws(HTTPParseError) {
    guard let afterMethod = HTTPBytes.first(HTTPBytes.space, line, in: 0..<line.count),
      let afterTarget = HTTPBytes.first(HTTPBytes.space, line, in: afterMethod + 1..<line.count)
    else { throw .malformed("the request line is not METHOD TARGET HTTP/1.1") }
    minorVersion = try Self.minorVersion(line.extracting(afterTarget + 1..<line.count))
    guard let method = HTTPMethod(line.extracting(0..<afterMethod)) else {
      throw .malformed("the method holds a character that methods cannot have")
    }
    self.method = method
    path = afterMethod + 1..<afterTarget
    try readTarget(line)
  }

  private static func minorVersion(_ version: Span<UInt8>) throws(HTTPParseError) -> Int {
    if HTTPBytes.equal(version, "HTTP/1.1") { return 1 }
    if HTTPBytes.equal(version, "HTTP/1.0") { return 0 }
    guard version.count == 8, HTTPBytes.equal(version.extracting(0..<5), "HTTP/"), HTTPBytes.isDigit(version[5]),
      version[6] == UInt8(ascii: "."), HTTPBytes.isDigit(version[7])
    else { throw .malformed("the request line does not end with HTTP/1.1, after one blank") }
    throw HTTPParseError(
      status: 505, error: HubError(.invalidRequest, "the HTTP version must be HTTP/1.1 or HTTP/1.0"))
  }

  /// Takes the target, which is in `path` as a whole, apart by its form (RFC 9112 section 3.2).
  private mutating func readTarget(_ line: Span<UInt8>) throws(HTTPParseError) {
    let target = path
    guard Self.isTarget(line.extracting(target)) else {
      throw .malformed("the request target holds a control character or a #")
    }
    guard !target.isEmpty else { throw .malformed("the request target is empty") }
    guard method != .other("CONNECT") else { throw .malformed("CONNECT is not served: the hub is no proxy") }
    if HTTPBytes.equal(line.extracting(target), "*") {
      guard method == .options else { throw .malformed("the request target * goes with OPTIONS only") }
      return
    }
    if line[target.lowerBound] != UInt8(ascii: "/") { try splitAuthority(line) }
    splitQuery(line)
  }

  /// No blank, no control character, and no fragment; bytes above ASCII are let through, because curl sends them.
  private static func isTarget(_ bytes: Span<UInt8>) -> Bool {
    var isValid = true
    for index in bytes.indices {
      let byte = bytes[index]
      isValid = byte > HTTPBytes.space && byte != 0x7F && byte != UInt8(ascii: "#") ? isValid : false
    }
    return isValid
  }

  private mutating func splitQuery(_ line: Span<UInt8>) {
    guard let mark = HTTPBytes.first(UInt8(ascii: "?"), line, in: path) else { return }
    query = mark + 1..<path.upperBound
    path = path.lowerBound..<mark
  }

  private mutating func splitAuthority(_ line: Span<UInt8>) throws(HTTPParseError) {
    let target = line.extracting(path)
    let start: Int
    if target.count > 7, HTTPBytes.equal(target.extracting(0..<7), ignoringCase: "http://") {
      start = path.lowerBound + 7
    } else if target.count > 8, HTTPBytes.equal(target.extracting(0..<8), ignoringCase: "https://") {
      start = path.lowerBound + 8
    } else {
      throw .malformed("the request target must begin with / or be an http or https URL")
    }
    // What is left becomes the path; it may be empty.
    var end = start
    while end < path.upperBound, line[end] != UInt8(ascii: "/"), line[end] != UInt8(ascii: "?") { end += 1 }
    guard HTTPHost.isValid(line.extracting(start..<end)) else {
      throw .malformed("the authority in the request target is not HOST or HOST:PORT")
    }
    authority = start..<end
    path = end..<path.upperBound
  }
}
