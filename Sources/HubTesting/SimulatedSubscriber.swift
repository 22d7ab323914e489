import HubClient
import HubWire

/// A subscriber that resumes by the real client's own rules: what `Roomcast` is without its sockets and its waits.
package final class SimulatedSubscriber: SimulatedClient {
  private var ledger: RoomLedger
  private var stream: WebSocketStream
  private var mask: UInt32 = 0x7654_3210
  private var handshake: WebSocketClientHandshake {
    WebSocketClientHandshake(
      host: "localhost", target: "/v1/ws", fields: handshakeFields, key: "AAAAAAAAAAAAAAAAAAAAAA==")
  }

  /// What the client told its program, room by room.
  package private(set) var rooms: [RoomWatch]
  package private(set) var problems: [String] = []
  /// Rooms were refused for now, and are to be asked for again.
  package private(set) var mustAskAgain = false

  package init(name: String, rooms: [String]) {
    self.rooms = rooms.map { RoomWatch(room: $0) }
    ledger = RoomLedger(rooms.compactMap { try? RoomName($0) }.map { ($0, nil) })
    stream = WebSocketStream(handshake: WebSocketClientHandshake(host: "localhost", target: "/v1/ws"))
    super.init(name: name)
  }

  package func open(_ link: SimulatedLink) {
    connect(link)
    stream = WebSocketStream(handshake: handshake)
    super.send(handshake.request)
  }

  package func askAgain() {
    mustAskAgain = false
    for request in ledger.requests() { say(request) }
  }

  private func say(_ json: [UInt8]) {
    mask = mask &* 1_664_525 &+ 1_013_904_223
    super.send(WebSocketFrame.encode(.text, json, mask: mask))
  }

  package override func ended() {
    ledger.connectionEnded()
    mustAskAgain = false
    for index in rooms.indices { rooms[index].disconnected() }
  }

  package override func received(_ bytes: [UInt8]) {
    var incoming: [WebSocketStream.Incoming] = []
    do throws(LinkEnd) {
      try stream.receive(bytes.span, into: &incoming)
    } catch {
      if !error.comesBack { note(error.reason) }
      for incoming in incoming { take(incoming) }
      return disconnect()
    }
    for incoming in incoming { take(incoming) }
  }

  private func take(_ incoming: WebSocketStream.Incoming) {
    switch incoming {
    case .opened: break
    case .ping(let payload): super.send(WebSocketFrame.encode(.pong, payload, mask: 9))
    case .closed(let code, _): super.send(WebSocketFrame.close(code: code ?? 1000, reason: "", mask: 5))
    case .message(let message):
      do {
        for step in try ledger.receive(message) { take(step) }
      } catch {
        note("\(error)")
      }
    }
  }

  private func take(_ step: RoomLedger.Step) {
    switch step {
    case .tell(let event): hear(event)
    case .send(let json): say(json)
    case .askLater: mustAskAgain = true
    case .ended(let room, let refusal): note("\(room) has ended: \(refusal)")
    case .tokenExpired: note("the token has expired")
    case .welcomed, .comeBack: break
    }
  }

  private func hear(_ event: ClientEvent) {
    switch event {
    case .subscribed(let room, let position, let recovered):
      with(room) { $0.subscribed(position, recovered: recovered, resuming: $0.position != nil) }
    case .event(let event):
      guard let position = event.position, let room = event.room else { return }
      let data = String(decoding: event.data, as: UTF8.self)
      with(room) { $0.event(data, at: position) }
    case .gap(let room, let from, let position): with(room) { $0.gap(from: from, to: position) }
    case .refused(let room, let refusal): if !refusal.isTemporary { note("\(room) was refused: \(refusal)") }
    case .unsubscribed(let room, _): note("unsubscribed from \(room)")
    case .state, .connected, .missed, .notRecovered, .joined, .left, .members, .closed: break
    }
  }

  private func with(_ room: String, _ body: (inout RoomWatch) -> Void) {
    guard let index = rooms.firstIndex(where: { $0.room == room }) else { return note("told of \(room)") }
    body(&rooms[index])
  }

  private func note(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
