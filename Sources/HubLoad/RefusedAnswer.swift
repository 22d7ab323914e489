/// The first answer of a server that did not want what it was asked.
package struct RefusedAnswer: Sendable {
  package enum Request: Sendable {
    case handshake, publish
    /// Refused by a message, on a connection that was upgraded.
    case subscription
  }

  package let request: Request
  /// 0 where what came is no answer of HTTP, and of a message.
  package let status: Int
  /// What came of its body with the head, to tell why.
  package let body: [UInt8]

  static let longestBody = 2_048

  /// - Parameter answer: from the first byte of the head on.
  init(handshake answer: UnsafeMutablePointer<UInt8>, _ count: Int) {
    request = .handshake
    var reader = AnswerReader()
    var at = 0
    if count > 12, find(answer, 5, "HTTP/") != nil, case .head(let status) = reader.next(answer, count, &at) {
      self.status = status
      body = Self.bytes(answer + at, count - at)
    } else {
      status = 0
      body = Self.bytes(answer, count)
    }
  }

  init(publish status: Int, _ body: UnsafeMutablePointer<UInt8>, _ count: Int) {
    request = .publish
    self.status = status
    self.body = Self.bytes(body, count)
  }

  init(message: UnsafeMutableBufferPointer<UInt8>) {
    request = .subscription
    status = 0
    body = message.baseAddress.map { Self.bytes($0, message.count) } ?? []
  }

  private static func bytes(_ from: UnsafeMutablePointer<UInt8>, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: from, count: min(max(0, count), longestBody)))
  }
}
