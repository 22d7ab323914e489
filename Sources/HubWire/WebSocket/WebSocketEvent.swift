/// What a peer has sent: a whole message or a control frame.
package enum WebSocketEvent: Equatable, Sendable {
  /// A text message: valid UTF-8.
  case text([UInt8])
  case binary([UInt8])
  /// Wants a pong with the same payload, of up to 125 bytes (RFC 6455 section 5.5.3).
  case ping([UInt8])
  case pong([UInt8])
  /// The peer sends nothing after this. The code is nil where it gave none; it is never one that may not be sent.
  case close(code: UInt16?, reason: String)
}
