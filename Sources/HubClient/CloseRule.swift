/// Whether a client comes back after a WebSocket was closed, by its close code.
enum CloseRule {
  /// The token has expired: it comes back, but with another token only.
  static let tokenExpired: UInt16 = 4101

  /// Loss, restart, overload and time running out (1001, 1006, 1011–1013, 4100–4499) come back; what would go wrong in
  /// the same way again (1002, 1003, 1007–1010, 4500–4999) does not, and neither does a plain farewell (1000).
  ///
  /// - Parameter code: nil where the peer gave none, or the connection broke. Codes that nobody has given a meaning
  ///   count as a loss: backoff bounds what that can cost, while staying away could not be mended.
  static func comesBack(after code: UInt16?) -> Bool {
    guard let code else { return true }
    return switch code {
    case 1000, 1002, 1003, 1007...1010, 4500...4999: false
    default: true
    }
  }
}
