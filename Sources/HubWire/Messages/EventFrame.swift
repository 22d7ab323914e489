/// An event as it stands on the wire: one whole, unmasked WebSocket text frame, the same bytes for every subscriber.
package struct EventFrame: Sendable, Equatable {
  /// The frame's header (RFC 6455 section 5.2) and, after it, its JSON.
  package let bytes: [UInt8]
  /// Where the JSON begins.
  package let headerLength: Int

  package init(bytes: [UInt8], headerLength: Int) {
    self.bytes = bytes
    self.headerLength = headerLength
  }

  /// The JSON alone, for history answers and server-sent events.
  package var json: ArraySlice<UInt8> { bytes[headerLength...] }
}
