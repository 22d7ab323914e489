/// Why what a peer sent cannot be taken, and the close code to tell it (RFC 6455 section 7.4.1).
package struct WebSocketViolation: Error, Equatable, Sendable, CustomStringConvertible {
  /// 1002 (protocol error), 1007 (text that is not UTF-8) or 1009 (message too big).
  package let closeCode: UInt16
  /// A short sentence that fits a close frame.
  package let reason: String

  package var description: String { "\(closeCode): \(reason)" }

  static func protocolError(_ reason: String) -> WebSocketViolation {
    WebSocketViolation(closeCode: 1002, reason: reason)
  }

  static func notUTF8(_ what: String) -> WebSocketViolation {
    WebSocketViolation(closeCode: 1007, reason: "the \(what) is not UTF-8")
  }

  static func tooBig(limit: Int) -> WebSocketViolation {
    WebSocketViolation(closeCode: 1009, reason: "a message may have up to \(limit) bytes")
  }
}
