/// Makes WebSocket frames (RFC 6455 section 5.2), each in one allocation.
///
/// A client masks what it sends, with a key that cannot be foreseen; a server never does (section 5.3). A mask is given
/// as a number whose most significant byte is the first on the wire.
package enum WebSocketFrame {
  /// The longest payload of a control frame (section 5.5).
  package static let maximumControlPayload = 125

  /// The longest header: two bytes, a 64-bit length and a mask.
  package static let maximumHeaderLength = 14

  /// The length of an unmasked header before a payload of that many bytes; a mask makes it four longer.
  package static func headerLength(for payloadCount: Int) -> Int {
    payloadCount < 126 ? 2 : payloadCount <= 0xFFFF ? 4 : 10
  }

  /// A whole frame. Of a message in fragments, the first has its opcode, those after it are `.continuation`, and all but
  /// the last are not `final`.
  ///
  /// - Precondition: A control frame is final and has up to 125 bytes.
  package static func encode(
    _ opcode: WebSocketOpcode, _ payload: Span<UInt8>, mask: UInt32? = nil, final: Bool = true
  ) -> [UInt8] {
    let length = headerLength(for: payload.count) + (mask == nil ? 0 : 4) + payload.count
    return [UInt8](capacity: length) { output in
      writeHeader(opcode, payloadCount: payload.count, mask: mask, final: final, to: &output)
      var mask = WebSocketMask(wireOrder: mask ?? 0)
      mask.append(payload, to: &output)
    }
  }

  /// A whole frame, as above.
  package static func encode(
    _ opcode: WebSocketOpcode, _ payload: [UInt8], mask: UInt32? = nil, final: Bool = true
  ) -> [UInt8] {
    encode(opcode, payload.span, mask: mask, final: final)
  }

  /// A close frame with a code and a reason, which is cut at a character so that it fits.
  ///
  /// - Precondition: The code is one that may be sent (``WebSocketCloseCode/maySend(_:)``).
  package static func close(code: UInt16, reason: String, mask: UInt32? = nil) -> [UInt8] {
    precondition(WebSocketCloseCode.maySend(code), "this close code may not be sent")
    var payload: [UInt8] = []
    payload.reserveCapacity(maximumControlPayload)
    payload.append(UInt8(truncatingIfNeeded: code >> 8))
    payload.append(UInt8(truncatingIfNeeded: code))
    for scalar in reason.unicodeScalars {
      let bytes = UTF8.encode(scalar)
      guard let bytes, payload.count + bytes.count <= maximumControlPayload else { break }
      payload.append(contentsOf: bytes)
    }
    return encode(.close, payload.span, mask: mask)
  }

  /// A close frame that gives no code, the answer to one that gave none.
  package static func closeWithoutCode(mask: UInt32? = nil) -> [UInt8] {
    encode(.close, [], mask: mask)
  }

  /// Writes the header of a frame whose payload follows; for those who build a frame in place.
  ///
  /// - Precondition: There is room for ``headerLength(for:)``, and four bytes more where there is a mask; a control
  ///   frame is final and has up to 125 bytes.
  package static func writeHeader(
    _ opcode: WebSocketOpcode, payloadCount: Int, mask: UInt32? = nil, final: Bool = true,
    to output: inout OutputSpan<UInt8>
  ) {
    precondition(
      !opcode.isControl || (final && payloadCount <= maximumControlPayload),
      "a control frame is final and has up to 125 bytes")
    output.append(opcode.rawValue | (final ? 0x80 : 0))
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    if payloadCount < 126 {
      output.append(UInt8(truncatingIfNeeded: payloadCount) | maskBit)
    } else if payloadCount <= 0xFFFF {
      output.append(126 | maskBit)
      append(UInt64(payloadCount), bytes: 2, to: &output)
    } else {
      output.append(127 | maskBit)
      append(UInt64(payloadCount), bytes: 8, to: &output)
    }
    if let mask { append(UInt64(mask), bytes: 4, to: &output) }
  }

  /// Appends the header of a frame whose payload follows; for those who build a frame in an array.
  package static func writeHeader(
    _ opcode: WebSocketOpcode, payloadCount: Int, mask: UInt32? = nil, final: Bool = true, to output: inout [UInt8]
  ) {
    let length = headerLength(for: payloadCount) + (mask == nil ? 0 : 4)
    output.append(addingCapacity: length) { output in
      writeHeader(opcode, payloadCount: payloadCount, mask: mask, final: final, to: &output)
    }
  }

  /// Appends the low bytes of a number, the most significant first.
  private static func append(_ number: UInt64, bytes: Int, to output: inout OutputSpan<UInt8>) {
    var shift = UInt64(bytes) * 8
    while shift > 0 {
      shift &-= 8
      output.append(UInt8(truncatingIfNeeded: number &>> shift))
    }
  }
}
