package import HubWire

/// The receiving half of a client's WebSocket from its first byte on: the answer to the handshake, then frames. A pure
/// value.
package struct WebSocketStream {
  package enum Incoming: Equatable {
    /// The handshake is done.
    case opened
    /// A text message.
    case message([UInt8])
    /// Wants a pong with the same payload.
    case ping([UInt8])
    case closed(code: UInt16?, reason: String)
  }

  /// The longest message that is taken; far more than a hub lets anybody publish by default.
  static let maximumMessage = 64 << 20
  /// How much of the body of a refusal is read.
  private static let maximumProblem = 64 << 10

  private enum Stage {
    case handshake
    /// The answer is no 101: its body says why.
    case refused(status: Int, retryAfter: Duration?, body: [UInt8])
    case open
  }

  private let handshake: WebSocketClientHandshake
  private var parser = HTTPResponseParser()
  private var codec = WebSocketProtocol(role: .client, maximumMessage: maximumMessage)
  private var stage = Stage.handshake

  package init(handshake: WebSocketClientHandshake) {
    self.handshake = handshake
  }

  /// Takes what has arrived, and adds what is complete to `incoming`; what came before an end is kept there.
  ///
  /// - Throws: how the connection ends because of it.
  package mutating func receive(_ input: Span<UInt8>, into incoming: inout [Incoming]) throws(LinkEnd) {
    var index = 0
    while !isOpen {
      guard try readHandshake(input, at: &index, &incoming) else { return }
    }
    try readFrames(input, at: &index, &incoming)
  }

  /// The peer has ended the stream.
  mutating func receivedEnd() -> LinkEnd {
    switch stage {
    case .handshake: .lost("the connection ended before the handshake was answered")
    case .refused(let status, let retryAfter, let body): Self.refusal(status, retryAfter, body)
    case .open: .lost("the connection was lost")
    }
  }

  private var isOpen: Bool {
    if case .open = stage { true } else { false }
  }

  // MARK: Handshake

  /// - Returns: whether there was something to read.
  private mutating func readHandshake(
    _ input: Span<UInt8>, at index: inout Int, _ incoming: inout [Incoming]
  ) throws(LinkEnd) -> Bool {
    let event: HTTPResponseEvent?
    do throws(HTTPParseError) {
      event = try parser.next(input, at: &index)
    } catch {
      throw .final("what answers is no hub: \(error.error.detail)")
    }
    switch event {
    case nil: return false
    case .head(let head):
      try take(head)
      if isOpen { incoming.append(.opened) }
    case .body(let range):
      guard case .refused(let status, let retryAfter, var body) = stage else { break }
      body.append(addingCapacity: range.count) { output in
        for position in range { output.append(input[position]) }
      }
      stage = .refused(status: status, retryAfter: retryAfter, body: body)
      if body.count > Self.maximumProblem { throw Self.refusal(status, retryAfter, []) }
    case .end: throw receivedEnd()
    }
    return true
  }

  private mutating func take(_ head: HTTPResponseHead) throws(LinkEnd) {
    guard head.status == 101 else {
      stage = .refused(status: head.status, retryAfter: RetryAfter.read(head.fields), body: [])
      return
    }
    do throws(HubError) {
      _ = try handshake.verify(head)
    } catch {
      throw .final(error.detail)
    }
    stage = .open
  }

  private static func refusal(_ status: Int, _ retryAfter: Duration?, _ body: [UInt8]) -> LinkEnd {
    .refused(Refusal(status: status, body: body), delay: retryAfter)
  }

  // MARK: Frames

  private mutating func readFrames(
    _ input: Span<UInt8>, at index: inout Int, _ incoming: inout [Incoming]
  ) throws(LinkEnd) {
    do throws(WebSocketViolation) {
      while let event = try codec.next(input, at: &index) {
        switch event {
        case .text(let message): incoming.append(.message(message))
        case .ping(let payload): incoming.append(.ping(payload))
        case .close(let code, let reason): incoming.append(.closed(code: code, reason: reason))
        // The hub sends none; a newer one may.
        case .binary, .pong: break
        }
      }
    } catch {
      // Something in between may have damaged it: another connection may be better.
      throw .lost("what the hub sent is no WebSocket: \(error.reason)")
    }
  }
}
