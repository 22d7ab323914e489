/// The receiving half of a WebSocket connection: bytes in, messages and control frames out (RFC 6455 sections 5 to 7).
///
/// Call ``next(_:at:)`` in a loop until it returns nil: then all of the input is taken, and what it left unfinished is
/// remembered. Any split of the same bytes gives the same events and the same violation, at the same byte:
///
/// - Fragments are joined; control frames between them come out at once (5.4).
/// - Payloads are unmasked while they are copied, and text is checked while it arrives, so that a peer is told of
///   invalid UTF-8 in the middle of a fragment (8.1).
/// - A message longer than `maximumMessage` is refused when its length is known, before its payload is there.
/// - After a close frame or a violation all further input is dropped (5.5.1, 7.1.7).
///
/// A message that lies in the input as a single frame costs one allocation: itself. Between messages there is none.
package struct WebSocketProtocol: Sendable {
  /// Which end of the connection this is: a server takes only masked frames, a client only unmasked ones (5.1).
  package enum Role: Sendable { case server, client }

  /// The part of a frame that the next byte belongs to.
  private enum Step { case opcode, length, length16, length64, mask, payload, closed }

  private let maximumMessage: Int
  /// What has arrived of the message under way, unmasked. Its capacity never passes what the frame or the limit allows.
  private var message: [UInt8] = []
  /// What has arrived of the control frame under way, which may stand in the middle of a message.
  private var control: [UInt8] = []
  /// The payload bytes of this frame that are still to come; while its length is read, the number so far.
  private var remaining: UInt64 = 0
  /// The mask key of this frame, turned to the next byte; while the key is read, the bytes so far.
  private var mask = WebSocketMask(wireOrder: 0)
  private var text = UTF8Validator()
  private let role: Role
  private var step = Step.opcode
  /// The bytes still to come of a length or mask that spans several.
  private var fieldBytes: UInt8 = 0
  private var opcode = WebSocketOpcode.continuation
  private var isFinal = false
  /// What the message under way is; nil between messages.
  private var kind: WebSocketOpcode?

  /// - Parameter maximumMessage: The longest message in bytes, all fragments together.
  package init(role: Role, maximumMessage: Int) {
    precondition(maximumMessage >= 0, "a limit is not negative")
    self.role = role
    self.maximumMessage = maximumMessage
  }

  /// Takes input from `index` on, which it moves past what it took, up to the end of the next event.
  ///
  /// - Returns: Nil when all of the input is taken.
  /// - Throws: A violation, once; then the connection is to be closed with its code.
  package mutating func next(
    _ input: Span<UInt8>, at index: inout Int
  ) throws(WebSocketViolation) -> WebSocketEvent? {
    do throws(WebSocketViolation) {
      while index < input.count {
        switch step {
        case .closed: index = input.count
        case .payload: try takePayload(input, at: &index)
        default:
          try takeHeader(input[index])
          index &+= 1
        }
        if step == .payload, remaining == 0, let event = try endFrame() { return event }
      }
      return nil
    } catch {
      step = .closed
      message = []
      control = []
      index = input.count
      throw error
    }
  }
}

// MARK: - Header (section 5.2)

extension WebSocketProtocol {
  private mutating func takeHeader(_ byte: UInt8) throws(WebSocketViolation) {
    switch step {
    case .opcode: try takeOpcode(byte)
    case .length: try takeLength(byte)
    case .length16, .length64:
      remaining = remaining &<< 8 | UInt64(byte)
      fieldBytes &-= 1
      if fieldBytes == 0 { try endExtendedLength() }
    case .mask:
      mask.append(keyByte: byte)
      fieldBytes &-= 1
      if fieldBytes == 0 { step = .payload }
    case .payload, .closed: break
    }
  }

  private mutating func takeOpcode(_ byte: UInt8) throws(WebSocketViolation) {
    guard byte & 0x70 == 0 else { throw .protocolError("reserved bits are set without an extension") }
    guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
      throw .protocolError("opcode \(byte & 0x0F) is reserved")
    }
    self.opcode = opcode
    isFinal = byte & 0x80 != 0
    switch opcode {
    case .continuation:
      guard kind != nil else { throw .protocolError("there is no message to continue") }
    case .text, .binary:
      guard kind == nil else { throw .protocolError("a message begins before the last one has ended") }
      kind = opcode
    case .close, .ping, .pong:
      guard isFinal else { throw .protocolError("a control frame is fragmented") }
    }
    step = .length
  }

  private mutating func takeLength(_ byte: UInt8) throws(WebSocketViolation) {
    let isMasked = byte & 0x80 != 0
    guard isMasked == (role == .server) else {
      throw .protocolError(isMasked ? "a server must not mask its frames" : "a client must mask its frames")
    }
    let length = byte & 0x7F
    guard length <= WebSocketFrame.maximumControlPayload || !opcode.isControl else {
      throw .protocolError("a control frame has more than 125 bytes")
    }
    switch length {
    case 126: beginField(.length16, bytes: 2)
    case 127: beginField(.length64, bytes: 8)
    default:
      remaining = UInt64(length)
      try endLength()
    }
  }

  /// A length is in the shortest form that can say it, and the highest bit of a 64-bit one is zero.
  private mutating func endExtendedLength() throws(WebSocketViolation) {
    guard remaining &>> 63 == 0 else { throw .protocolError("the highest bit of a length is set") }
    guard remaining > (step == .length16 ? 125 : 0xFFFF) else {
      throw .protocolError("a length is not in its shortest form")
    }
    try endLength()
  }

  private mutating func endLength() throws(WebSocketViolation) {
    if !opcode.isControl, remaining > UInt64(maximumMessage &- message.count) {
      throw .tooBig(limit: maximumMessage)
    }
    switch role {
    case .server: beginField(.mask, bytes: 4)
    case .client: step = .payload
    }
  }

  private mutating func beginField(_ step: Step, bytes: UInt8) {
    self.step = step
    fieldBytes = bytes
  }
}

// MARK: - Payload (sections 5.3 to 5.6)

extension WebSocketProtocol {
  private mutating func takePayload(_ input: Span<UInt8>, at index: inout Int) throws(WebSocketViolation) {
    let count = Int(min(remaining, UInt64(input.count &- index)))
    let piece = input.extracting(index..<index &+ count)
    if opcode.isControl {
      Self.append(piece, to: &control, upTo: WebSocketFrame.maximumControlPayload, mask: &mask)
    } else {
      let limit = isFinal ? message.count &+ Int(remaining) : maximumMessage
      Self.append(piece, to: &message, upTo: limit, mask: &mask)
      if kind == .text {
        var text = text
        guard text.consume(message.span.extracting(last: count)) else { throw .notUTF8("text message") }
        self.text = text
      }
    }
    remaining &-= UInt64(count)
    index &+= count
  }

  /// Appends a piece of a payload. The room doubles when it runs out, so that any number of pieces costs linear time, but
  /// never passes `limit`: a whole frame gets exactly what it needs.
  private static func append(
    _ piece: Span<UInt8>, to bytes: inout [UInt8], upTo limit: Int, mask: inout WebSocketMask
  ) {
    let needed = bytes.count &+ piece.count
    if needed > bytes.capacity {
      bytes.reserveCapacity(min(limit, max(needed, 2 &* bytes.capacity)))
    }
    bytes.append(addingCapacity: piece.count) { output in mask.append(piece, to: &output) }
  }

  /// - Returns: Nil after a fragment that is not the last one.
  private mutating func endFrame() throws(WebSocketViolation) -> WebSocketEvent? {
    step = .opcode
    switch opcode {
    case .ping: return .ping(Self.take(&control))
    case .pong: return .pong(Self.take(&control))
    case .close:
      step = .closed
      return try Self.closeEvent(Self.take(&control))
    case .continuation, .text, .binary: return try endFragment()
    }
  }

  private mutating func endFragment() throws(WebSocketViolation) -> WebSocketEvent? {
    guard isFinal else { return nil }
    let isText = kind == .text
    kind = nil
    guard isText else { return .binary(Self.take(&message)) }
    guard text.isComplete else { throw .notUTF8("text message") }
    return .text(Self.take(&message))
  }

  private static func take(_ bytes: inout [UInt8]) -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }

  /// A close frame has no payload, or a code that may be sent and a reason (5.5.1).
  private static func closeEvent(_ payload: [UInt8]) throws(WebSocketViolation) -> WebSocketEvent {
    if payload.isEmpty { return .close(code: nil, reason: "") }
    guard payload.count > 1 else { throw .protocolError("a close frame has half a code") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    guard WebSocketCloseCode.maySend(code) else { throw .protocolError("close code \(code) may not be sent") }
    guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .notUTF8("close reason") }
    return .close(code: code, reason: reason)
  }
}
