/// The law: bytes taken one at a time give the same events and the same violation as bytes taken at once, on either
/// side of a connection. The first byte of the input picks the side and the limit; the rest is what the peer sends.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
  let choice = unsafe data[0]
  let fresh = WebSocketProtocol(
    role: choice & 1 == 0 ? .server : .client, maximumMessage: choice & 2 == 0 ? 1 << 20 : 200)
  let whole = WebSocketOutcome(fresh, input, pieceLength: max(input.count, 1))
  let byByte = WebSocketOutcome(fresh, input, pieceLength: 1)
  precondition(whole == byByte, "the split of the input changed what it says")
  return 0
}

private struct WebSocketOutcome: Equatable {
  var events: [WebSocketEvent] = []
  var violation: WebSocketViolation?

  init(_ fresh: WebSocketProtocol, _ input: [UInt8], pieceLength: Int) {
    var receiver = fresh
    for start in stride(from: 0, to: input.count, by: pieceLength) {
      let piece = input.span.extracting(start..<min(start + pieceLength, input.count))
      var index = 0
      do throws(WebSocketViolation) {
        while let event = try receiver.next(piece, at: &index) { note(event) }
      } catch {
        precondition(violation == nil, "a violation is told once")
        violation = error
      }
      precondition(index == piece.count, "a piece is taken whole")
    }
  }

  private mutating func note(_ event: WebSocketEvent) {
    precondition(violation == nil, "nothing comes after a violation")
    if case .close = events.last { preconditionFailure("nothing comes after a close") }
    switch event {
    case .text(let text): precondition(String(validating: text, as: UTF8.self) != nil, "text is UTF-8")
    case .ping(let payload), .pong(let payload): precondition(payload.count <= 125, "a control frame is short")
    case .close(let code, _): precondition(code.map(WebSocketCloseCode.maySend) ?? true, "the code may be sent")
    case .binary: break
    }
    events.append(event)
  }
}
