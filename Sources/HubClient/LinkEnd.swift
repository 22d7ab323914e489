/// How one connection of a ``Link`` ended, and what follows from it.
package struct LinkEnd: Error, Equatable {
  /// A sentence for people.
  package var reason: String
  /// Whether to try again.
  package var comesBack: Bool
  /// The close code, where the hub closed.
  var code: UInt16?
  /// How long the hub asks to stay away.
  var delay: Duration?
  /// What the hub refused the connection with.
  var refusal: Refusal?
  /// Only another token helps: whether to try again is for whoever can get one to say.
  var isTokenExpired = false

  /// The connection is gone, or could not be had.
  static func lost(_ reason: String) -> LinkEnd { LinkEnd(reason: reason, comesBack: true) }

  /// Nothing that another try could mend.
  static func final(_ reason: String) -> LinkEnd { LinkEnd(reason: reason, comesBack: false) }

  /// The hub answered the handshake with an error.
  static func refused(_ refusal: Refusal, delay: Duration?) -> LinkEnd {
    LinkEnd(
      reason: "\(refusal)", comesBack: refusal.invitesRetry, delay: delay, refusal: refusal,
      isTokenExpired: refusal.isTokenExpired)
  }

  /// The hub closed the WebSocket.
  static func closed(code: UInt16?, reason: String) -> LinkEnd {
    let number = code.map { "with \($0)" } ?? "without a code"
    return LinkEnd(
      reason: reason.isEmpty ? "the hub closed the connection \(number)" : "\(reason) (closed \(number))",
      comesBack: CloseRule.comesBack(after: code), code: code, isTokenExpired: code == CloseRule.tokenExpired)
  }

  /// What a consumer is told where the client does not come back.
  var error: ClientError {
    if let refusal { return .refused(refusal) }
    guard let code else { return .badAnswer(reason) }
    return .refused(Refusal(code: "CLOSED_\(code)", detail: reason, isTemporary: false))
  }
}
