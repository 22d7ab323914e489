import HubWire

/// A client of server-sent events over one or several rooms, which resumes with the last `id` it was told.
package final class SimulatedEventStream: SimulatedClient {
  private var head = HTTPResponseParser()
  private var parser = ServerSentEventParser()
  private var isStreaming = false

  package private(set) var rooms: [RoomWatch]
  package private(set) var lastEventID = ""
  package private(set) var status = 0
  package private(set) var problems: [String] = []
  package private(set) var errors: [String] = []
  private var isResuming = false
  private var errorsBefore = 0

  package init(name: String, rooms: [String]) {
    self.rooms = rooms.map { RoomWatch(room: $0) }
    super.init(name: name)
  }

  package var isOpen: Bool { isConnected && rooms.allSatisfy(\.isSubscribed) }

  /// The hub has said that some room cannot be had now.
  package var hasFailed: Bool { errors.count > errorsBefore }

  package func open(_ link: SimulatedLink) {
    connect(link)
    head = HTTPResponseParser()
    parser = ServerSentEventParser()
    isStreaming = false
    errorsBefore = errors.count
    isResuming = !lastEventID.isEmpty
    let query = rooms.map { "room=\($0.room)" }.joined(separator: "&")
    let target = rooms.count == 1 ? "/v1/rooms/\(rooms[0].room)/events" : "/v1/events?\(query)"
    var request = "GET \(target) HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
    request += authorization
    if isResuming { request += "Last-Event-ID: \(lastEventID)\r\n" }
    send(Array((request + "\r\n").utf8))
  }

  package override func ended() {
    for index in rooms.indices { rooms[index].disconnected() }
  }

  package override func received(_ bytes: [UInt8]) {
    var index = 0
    do {
      while let event = try head.next(bytes.span, at: &index) {
        switch event {
        case .head(let head):
          status = head.status
          isStreaming = head.status == 200
          if !isStreaming, ![408, 503].contains(head.status) { note("status \(status)") }
        case .body(let range): if isStreaming { try read(bytes[range]) }
        // A refusal, or the end of a stream that a hub lets go of.
        case .end: return disconnect()
        }
      }
    } catch {
      note("\(error), in \(String(decoding: bytes.prefix(200), as: UTF8.self).debugDescription)")
      disconnect()
    }
  }

  private func read(_ bytes: ArraySlice<UInt8>) throws {
    var index = 0
    let bytes = Array(bytes)
    while let event = try parser.next(bytes.span, at: &index) { hear(event, try ServerMessage.parse(event.data)) }
  }

  /// A room was taken away from the stream.
  package var lacksRoom: Bool { rooms.contains(where: \.isTakenAway) }

  private func hear(_ event: ServerSentEvent, _ message: ServerMessage) {
    switch message {
    case .subscribed(_, let room, let position, let recovered, _, let members):
      with(room) {
        $0.subscribed(position, recovered: recovered, resuming: isResuming)
        $0.present(members)
      }
    case .join(let room, let member): with(room) { $0.joined(member) }
    case .leave(let room, let member): with(room) { $0.left(member) }
    case .members(_, let room, let members): with(room) { $0.presentAnew(members) }
    case .event(let received): with(received.room ?? "") { $0.event(received) }
    case .skip(let room, let position): with(room) { $0.skip(position) }
    case .gap(let room, let from, let position): with(room) { $0.gap(from: from, to: position) }
    case .unsubscribed(_, let room, _): with(room) { $0.unsubscribed() }
    case .error(_, _, let code, _, _): errors.append(code)
    default: note("\(event.name): \(message)")
    }
    lastEventID = parser.lastEventID
    check()
  }

  /// The cursor must say exactly what was told, of all rooms: what it leaves out would come twice, and what it has too
  /// much would never come.
  private func check() {
    let told = rooms.compactMap(\.position)
    guard told.count == rooms.count else { return }
    let names = rooms.compactMap { try? RoomName($0.room) }
    let expected = told.count == 1 ? told[0].description : SSECursor(rooms: names, positions: told).text
    if rooms.allSatisfy(\.isSubscribed), lastEventID != expected {
      note("the id is \(lastEventID), what was told is \(expected)")
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
