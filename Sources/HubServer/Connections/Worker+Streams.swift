import HubIO
import HubRooms
import HubWire

/// Finding streams among the connections of a worker. There is no table of them by id, which each idle connection would
/// pay for: who manages the hub can wait for a look at all of them.
extension Worker {
  /// So many connections are looked at in one go, so that a hundred thousand do not stop a turn.
  private static let connectionsPerStep = 4096

  /// The first streams that are asked for.
  func page(_ query: StreamQuery) async -> StreamPage {
    var page = StreamPage(query)
    if let user = query.user {
      for connection in users.streams(of: user) { Self.show(connection, to: &page) }
      return page
    }
    await look { connection in
      Self.show(connection, to: &page)
      return true
    }
    return page
  }

  private static func show(_ connection: Connection, to page: inout StreamPage) {
    if let stream = connection.assumeIsolated({ $0.summary(in: page.query.room) }) { page.note(stream) }
  }

  /// The stream of that id; nil where it is not here.
  func stream(_ id: ConnectionID) async -> Connection? {
    var found: Connection?
    await look { connection in
      if connection.assumeIsolated({ $0.stream?.id == id }) { found = connection }
      return found == nil
    }
    return found
  }

  /// Shows every connection to `body` until that says false, with pauses in between.
  ///
  /// From the last to the first: where one is taken out, the last of the list takes its place, and that has been looked
  /// at. So none is passed over that is there all the time.
  private func look(_ body: (Connection) -> Bool) async {
    var index = connections.count
    while index > 0 {
      for _ in 0..<min(index, Self.connectionsPerStep) {
        index -= 1
        if !body(connections[index]) { return }
      }
      if index > 0 { await reactor.sleep(for: .milliseconds(1)) }
      index = min(index, connections.count)
    }
  }

  /// Sends an event to every stream of a user that has room for it; says to how many.
  func send(_ event: UserEvent, to user: String) -> Int {
    var sent = 0
    for connection in users.streams(of: user) where connection.assumeIsolated({ $0.send(event) }) { sent += 1 }
    return sent
  }

  /// Ends every stream of a user; says how many there were.
  func close(of user: String, code: UInt16, reason: String) -> Int {
    var closed = 0
    for connection in users.streams(of: user) where connection.assumeIsolated({ $0.end(code: code, reason: reason) }) {
      closed += 1
    }
    return closed
  }
}

/// What a user is sent, as it was published.
struct UserEventContent: Sendable {
  let name: EventName
  let data: EventData
  /// The trace of the call that published it.
  let trace: String?
}

/// An event for one user, encoded once for each kind of stream.
struct UserEvent: Sendable {
  let webSocket: [UInt8]
  let eventStream: [UInt8]

  init(_ content: UserEventContent, user: String, time: Int64) {
    let frame = ServerMessage.userEventFrame(
      user: user, name: content.name, data: content.data, time: time, trace: content.trace)
    webSocket = frame.bytes
    eventStream = ServerSentEvents.encode(id: nil, event: content.name.text, data: frame.json)
  }
}
