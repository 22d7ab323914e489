package import HubWire

/// A client that speaks the hub's WebSocket protocol, watches its rooms, and resumes where it was.
package final class SimulatedWebSocket: SimulatedClient {
  private enum Stage {
    case handshake(HTTPResponseParser)
    case open
  }

  private var stage = Stage.open
  private var codec = WebSocketProtocol(role: .client, maximumMessage: 16 << 20)
  private var handshake: WebSocketClientHandshake {
    WebSocketClientHandshake(
      host: "localhost", target: "/v1/ws", fields: handshakeFields, key: "AAAAAAAAAAAAAAAAAAAAAA==")
  }
  private var mask: UInt32 = 0x1234_5678

  /// By name, in the order in which they were first subscribed.
  package private(set) var rooms: [RoomWatch] = []
  package private(set) var connection = ""
  package private(set) var closeCode: UInt16?
  package private(set) var problems: [String] = []
  package private(set) var errors: [String] = []
  package private(set) var pongs = 0
  /// Rooms of which an answer is awaited, and whether it was asked to resume.
  private var asked: [(room: String, resuming: Bool, isSeen: Bool)] = []
  /// Whether it is seen in the rooms that it subscribes to from now on.
  package var isSeen = false
  /// Told of each `published` answer.
  package var published: ((RequestID?, Position?, Bool) -> Void)?
  /// Whether pings of the hub are answered.
  package var answersPings = true

  package var isOpen: Bool {
    if case .open = stage { isConnected && !connection.isEmpty && closeCode == nil } else { false }
  }

  /// Connects, and opens the socket at once; `rooms` are subscribed when `welcome` has come.
  package func open(_ link: SimulatedLink) {
    connect(link)
    stage = .handshake(HTTPResponseParser())
    codec = WebSocketProtocol(role: .client, maximumMessage: 16 << 20)
    connection = ""
    closeCode = nil
    asked = []
    super.send(handshake.request)
  }

  // MARK: What it says

  package func say(_ message: ClientMessage) {
    guard case .open = stage else { return }
    mask = mask &* 1_664_525 &+ 1_013_904_223
    super.send(WebSocketFrame.encode(.text, message.encode(), mask: mask))
  }

  /// Subscribes, after what it was last told where it was told anything.
  package func subscribe(_ names: [String]) {
    var requests: [RoomRequest] = []
    for name in names where !asked.contains(where: { $0.room == name }) {
      let index = index(of: name)
      if rooms[index].isSubscribed { continue }
      let after = rooms[index].position
      let presence = isSeen ? Array("{\"by\":\"\(self.name)\"}".utf8) : nil
      requests.append(RoomRequest(room: name, after: after?.description, presence: presence))
      asked.append((name, after != nil, isSeen))
    }
    if !requests.isEmpty { say(.subscribe(id: nil, rooms: requests, many: requests.count > 1)) }
  }

  package func unsubscribe(_ name: String) {
    guard !asked.contains(where: { $0.room == name }) else { return }
    say(.unsubscribe(id: nil, room: name))
  }

  package func forget(_ name: String) {
    rooms[index(of: name)].forget()
  }

  /// Says goodbye as the protocol wants it.
  package func close() {
    if case .open = stage { super.send(WebSocketFrame.close(code: 1000, reason: "", mask: 7)) }
  }

  package func watch(_ name: String) -> RoomWatch? {
    rooms.first { $0.room == name }
  }

  private func index(of name: String) -> Int {
    if let index = rooms.firstIndex(where: { $0.room == name }) { return index }
    rooms.append(RoomWatch(room: name))
    return rooms.count - 1
  }

  // MARK: What it hears

  package override func ended() {
    for index in rooms.indices { rooms[index].disconnected() }
    asked = []
    connection = ""
  }

  package override func received(_ bytes: [UInt8]) {
    var index = 0
    if case .handshake(var parser) = stage {
      do {
        while let event = try parser.next(bytes.span, at: &index) {
          if case .head(let head) = event {
            // What was sent has not arrived in time.
            if head.status == 408 { return disconnect() }
            _ = try handshake.verify(head)
          }
          if case .end = event { stage = .open }
        }
      } catch {
        note("handshake: \(error)")
      }
      if case .handshake = stage { stage = .handshake(parser) }
    }
    guard case .open = stage else { return }
    do {
      while let event = try codec.next(bytes.span, at: &index) { take(event) }
    } catch {
      note("frame: \(error)")
    }
  }

  private func take(_ event: WebSocketEvent) {
    if closeCode != nil { note("something after the close frame") }
    switch event {
    case .text(let text):
      do { hear(try ServerMessage.parse(text)) } catch { note("message: \(error)") }
    case .ping(let payload):
      if answersPings { super.send(WebSocketFrame.encode(.pong, payload, mask: 9)) }
    case .close(let code, _):
      closeCode = code ?? 1005
      // What this client says is right: it must not be told that it is not.
      if let code, code >= 4500 || [1002, 1003, 1007, 1009].contains(code) { note("closed with \(code)") }
      super.send(WebSocketFrame.close(code: code ?? 1000, reason: "", mask: 5))
    case .pong: break
    case .binary: note("a binary message")
    }
  }

  private func hear(_ message: ServerMessage) {
    switch message {
    case .welcome(let connection, _, _, _): self.connection = connection
    case .subscribed(_, let room, let position, let recovered, _, let members):
      subscribed(room, position, recovered, members)
    case .join(let room, let member): with(room) { $0.joined(member) }
    case .leave(let room, let member): with(room) { $0.left(member) }
    case .members(_, let room, let members): with(room) { $0.presentAnew(members) }
    case .event(let event): with(event.room ?? "") { $0.event(event) }
    case .skip(let room, let position): with(room) { $0.skip(position) }
    case .gap(let room, let from, let position): with(room) { $0.gap(from: from, to: position) }
    case .unsubscribed(_, let room, _): with(room) { $0.unsubscribed() }
    case .published(let id, _, let position, let duplicate, _): published?(id, position, duplicate)
    case .pong: pongs += 1
    case .error(let id, let room, let code, let detail, _):
      errors.append(code)
      // What has an id is about something else than a subscription.
      if let room, id == nil { asked.removeAll { $0.room == room } }
      if code == "INTERNAL" || code.hasPrefix("INVALID") { note("\(code) \(detail)") }
    case .history, .reconnect, .other: break
    }
  }

  private func subscribed(_ room: String, _ position: Position, _ recovered: Bool?, _ members: [UInt8]?) {
    guard let place = asked.firstIndex(where: { $0.room == room }) else {
      return note("subscribed to \(room) without having asked")
    }
    let (_, resuming, isSeen) = asked.remove(at: place)
    with(room) {
      $0.subscribed(position, recovered: recovered, resuming: resuming)
      $0.isSeen = isSeen
      $0.present(members)
    }
  }

  private func with(_ room: String, _ body: (inout RoomWatch) -> Void) {
    let index = index(of: room)
    rooms[index].connection = connection
    body(&rooms[index])
  }

  private func note(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
