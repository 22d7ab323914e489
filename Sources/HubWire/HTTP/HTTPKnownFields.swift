/// What the fields that steer a message's framing and its connection say, gathered while the head is scanned.
///
/// Everything request smuggling lives on is refused here, not repaired: two readers that repair differently disagree
/// about where the next request begins.
struct HTTPKnownFields: Sendable {
  /// The options that a `Connection` field may name (RFC 9110 section 7.6.1), all fields of that name together.
  struct Connection: OptionSet, Sendable {
    let rawValue: UInt8
    static let close = Connection(rawValue: 1)
    static let keepAlive = Connection(rawValue: 2)
    static let upgrade = Connection(rawValue: 4)
  }

  enum TransferCoding: Sendable {
    case none
    /// One field that says exactly `chunked`.
    case chunked
    /// A field that is empty, or names `chunked` more than once.
    case malformed
    /// A field that names another coding.
    case unknown
  }

  private(set) var contentLength: Int?
  private(set) var transferCoding = TransferCoding.none
  private(set) var connection: Connection = []
  /// Where the value of the one `Host` field lies in the head.
  private(set) var host: Range<Int>?
  private(set) var expectsContinue = false
  /// A page of some origin asks, the body is encoded, a key makes the request recognisable, or it is a CloudEvent: rare,
  /// and worth to know without looking through the fields again.
  private(set) var hasOrigin = false
  private(set) var hasContentEncoding = false
  private(set) var hasIdempotencyKey = false
  private(set) var hasCloudEvent = false
  private(set) var upgradesToWebSocket = false

  /// Takes notice of a field; the lengths of the names decide first, so an ordinary field costs one switch.
  ///
  /// - Throws: 400 for a `Content-Length` that is doubled or not a number, and for a doubled `Host`.
  mutating func note(_ head: Span<UInt8>, name: Range<Int>, value: Range<Int>) throws(HTTPParseError) {
    let bytes = head.extracting(name)
    switch name.count {
    case 4 where HTTPBytes.equal(bytes, ignoringCase: "host"):
      guard host == nil else { throw .malformed("there is more than one Host field") }
      host = value
    case 6 where HTTPBytes.equal(bytes, ignoringCase: "expect"):
      if HTTPBytes.equal(head.extracting(value), ignoringCase: "100-continue") { expectsContinue = true }
    case 6 where HTTPBytes.equal(bytes, ignoringCase: "origin"): hasOrigin = true
    case 5 where HTTPBytes.equal(bytes, ignoringCase: "ce-id"): hasCloudEvent = true
    case 7 where HTTPBytes.equal(bytes, ignoringCase: "ce-type"): hasCloudEvent = true
    case 15 where HTTPBytes.equal(bytes, ignoringCase: "idempotency-key"): hasIdempotencyKey = true
    case 16 where HTTPBytes.equal(bytes, ignoringCase: "content-encoding"): hasContentEncoding = true
    case 7 where HTTPBytes.equal(bytes, ignoringCase: "upgrade"):
      noteUpgrade(head, value)
    case 10 where HTTPBytes.equal(bytes, ignoringCase: "connection"):
      noteConnection(head, value)
    case 14 where HTTPBytes.equal(bytes, ignoringCase: "content-length"):
      // A list of equal lengths, or equal fields, may be taken for one (RFC 9110 section 8.6); refusing is as good.
      guard contentLength == nil else { throw .malformed("there is more than one Content-Length field") }
      contentLength = try Self.length(head.extracting(value))
    case 14 where HTTPBytes.equal(bytes, ignoringCase: "ce-specversion"): hasCloudEvent = true
    case 17 where HTTPBytes.equal(bytes, ignoringCase: "transfer-encoding"):
      noteTransferCoding(head, value)
    default: break
    }
  }

  private mutating func noteUpgrade(_ head: Span<UInt8>, _ value: Range<Int>) {
    var cursor = value.lowerBound
    while let element = HTTPBytes.nextElement(head, at: &cursor, before: value.upperBound) {
      if HTTPBytes.equal(head.extracting(element), ignoringCase: "websocket") { upgradesToWebSocket = true }
    }
  }

  private mutating func noteConnection(_ head: Span<UInt8>, _ value: Range<Int>) {
    var cursor = value.lowerBound
    while let element = HTTPBytes.nextElement(head, at: &cursor, before: value.upperBound) {
      let option = head.extracting(element)
      if HTTPBytes.equal(option, ignoringCase: "close") {
        connection.insert(.close)
      } else if HTTPBytes.equal(option, ignoringCase: "keep-alive") {
        connection.insert(.keepAlive)
      } else if HTTPBytes.equal(option, ignoringCase: "upgrade") {
        connection.insert(.upgrade)
      }
    }
  }

  private mutating func noteTransferCoding(_ head: Span<UInt8>, _ value: Range<Int>) {
    var coding = TransferCoding.malformed
    if HTTPBytes.equal(head.extracting(value), ignoringCase: "chunked") {
      coding = transferCoding == .none ? .chunked : .malformed
    } else {
      var cursor = value.lowerBound
      while let element = HTTPBytes.nextElement(head, at: &cursor, before: value.upperBound) {
        if !HTTPBytes.equal(head.extracting(element), ignoringCase: "chunked") { coding = .unknown }
      }
    }
    transferCoding = transferCoding == .unknown ? .unknown : coding
  }

  /// Only digits: no sign, no list, no blank inside, and no more than an `Int` can hold.
  private static func length(_ digits: Span<UInt8>) throws(HTTPParseError) -> Int {
    guard !digits.isEmpty else { throw .malformed("the Content-Length field is empty") }
    var length = 0
    for index in digits.indices {
      guard HTTPBytes.isDigit(digits[index]) else { throw .malformed("the Content-Length field is not one number") }
      let (shifted, overflowed) = length.multipliedReportingOverflow(by: 10)
      let (sum, carried) = shifted.addingReportingOverflow(Int(digits[index] &- UInt8(ascii: "0")))
      guard !overflowed, !carried else { throw .malformed("the Content-Length field is larger than \(Int.max)") }
      length = sum
    }
    return length
  }

  /// The framing that the length fields ask for; `.none` where there are none.
  ///
  /// - Throws: 400 where both are there, where HTTP/1.0 comes with `Transfer-Encoding` (RFC 9112 section 6.1), or
  ///   where `chunked` is doubled; 501 for a coding other than `chunked`.
  func bodyLength(minorVersion: Int) throws(HTTPParseError) -> HTTPBodyLength {
    guard transferCoding != .none else { return contentLength.map { .length($0) } ?? .none }
    guard contentLength == nil else { throw .malformed("there are both Content-Length and Transfer-Encoding") }
    guard minorVersion >= 1 else { throw .malformed("Transfer-Encoding does not exist in HTTP/1.0") }
    switch transferCoding {
    case .unknown:
      throw HTTPParseError(
        status: 501, error: HubError(.invalidRequest, "the only Transfer-Encoding understood is chunked"))
    case .malformed: throw .malformed("the Transfer-Encoding field must say chunked, once")
    case .none, .chunked: return .chunked
    }
  }

  /// Whether the connection may carry another message after this one (RFC 9112 section 9.3).
  func keepsAlive(minorVersion: Int) -> Bool {
    !connection.contains(.close) && (minorVersion >= 1 || connection.contains(.keepAlive))
  }
}
