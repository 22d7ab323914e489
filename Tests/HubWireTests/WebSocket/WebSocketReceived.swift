import HubWire

/// What a receiver made of some bytes: the events, and the violation that ended them.
struct WebSocketReceived: Equatable {
  var events: [WebSocketEvent] = []
  var violation: WebSocketViolation?

  /// Gives `input` to a fresh receiver in pieces that end at `cuts`, which ascend.
  init(_ input: [UInt8], role: WebSocketProtocol.Role, maximumMessage: Int = 1 << 20, cuts: [Int] = []) {
    var receiver = WebSocketProtocol(role: role, maximumMessage: maximumMessage)
    var start = 0
    for end in cuts + [input.count] {
      take(input.span.extracting(start..<end), into: &receiver)
      start = end
    }
  }

  /// Every piece is taken whole: a receiver never asks for the same bytes again.
  private mutating func take(_ piece: Span<UInt8>, into receiver: inout WebSocketProtocol) {
    var index = 0
    do throws(WebSocketViolation) {
      while let event = try receiver.next(piece, at: &index) { events.append(event) }
    } catch {
      precondition(violation == nil, "a violation is told once")
      violation = error
    }
    precondition(index == piece.count, "a piece is taken whole")
  }
}
