/// What a WebSocket frame is (RFC 6455 section 5.2). The values left out are reserved.
package enum WebSocketOpcode: UInt8, Sendable, CaseIterable {
  /// A further frame of the message under way.
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  /// Control frames may stand between the fragments of a message, and have a bounded payload (section 5.5).
  package var isControl: Bool { rawValue & 0x8 != 0 }
}
