/// Which close codes may travel in a close frame (RFC 6455 section 7.4, and the IANA registry it founded).
package enum WebSocketCloseCode {
  /// Codes of the protocol itself, of registered extensions (3000–3999) and of applications (4000–4999).
  ///
  /// 1005, 1006 and 1015 stand for what an endpoint saw and are never sent; 1004 and 1016–2999 are reserved.
  package static func maySend(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
