package import HubWire

/// How far each room has come, over all connections: what to ask for, and what of the hub's messages is news. A pure
/// value.
package struct RoomLedger {
  /// What a message leads to.
  package enum Step {
    case tell(ClientEvent)
    /// The hub is there, and pings after so many seconds of silence.
    case welcomed(ping: Int)
    /// The hub is about to close, and asks to come back after so long.
    case comeBack(after: Duration)
    /// Rooms were refused for now: ask again later.
    case askLater
    /// A JSON text to send.
    case send([UInt8])
    /// There is no room left that one could wait for.
    case nothingLeft(reason: String)
  }

  private enum Standing { case open, asked, subscribed }

  private struct Room {
    /// After which point to subscribe; once an event has come, its position.
    var after: ResumePoint?
    var standing = Standing.open

    var last: Position? { if case .position(let position) = after { position } else { nil } }
  }

  /// One message names at most so many rooms, so that it stays far below what a hub takes.
  private static let roomsPerMessage = 100

  private var rooms: [String: Room] = [:]
  /// The wanted rooms, in the order in which they were given.
  private var wanted: [String] = []
  /// What was asked and not refused as a whole, by request.
  private var asked: [Int: [String]] = [:]
  private var nextID = 1
  /// The last error that was about no room: why the hub closes.
  private(set) var lastError: String?

  package init(_ rooms: [(name: RoomName, after: ResumePoint?)]) {
    for room in rooms where self.rooms[room.name.text] == nil {
      self.rooms[room.name.text] = Room(after: room.after)
      wanted.append(room.name.text)
    }
  }

  /// The next connection begins from nothing but the positions.
  package mutating func connectionEnded() {
    for name in rooms.keys { rooms[name]?.standing = .open }
    asked = [:]
    lastError = nil
  }

  /// The messages that ask for every room that is not asked for yet.
  package mutating func requests() -> [[UInt8]] {
    let open = wanted.filter { rooms[$0]?.standing == .open }
    return stride(from: 0, to: open.count, by: Self.roomsPerMessage).map { start in
      request(Array(open[start..<min(open.count, start + Self.roomsPerMessage)]))
    }
  }

  private mutating func request(_ names: [String]) -> [UInt8] {
    let id = nextID
    nextID += 1
    asked[id] = names
    for name in names { rooms[name]?.standing = .asked }
    let requests = names.map { RoomRequest(room: $0, after: rooms[$0]?.after?.text) }
    return ClientMessage.subscribe(id: RequestID(id), rooms: requests, many: true).encode()
  }

  // MARK: Messages

  /// - Throws: where no hub says this.
  package mutating func receive(_ message: [UInt8]) throws(HubError) -> [Step] {
    switch try ServerMessage.parse(message) {
    case .event(let event): return receive(event, json: message)
    case .welcome(let connection, let node, let ping, _):
      return [.welcomed(ping: ping), .tell(.connected(connection: connection, node: node))]
        + requests().map { .send($0) }
    case .subscribed(_, let room, let position, let recovered, _):
      return subscribed(room, position, recovered)
    case .skip(let room, let position): return progress(room, to: position).steps
    case .gap(let room, let from, let position):
      rooms[room]?.after = .position(position)
      return [.tell(.gap(room: room, from: from, position: position))]
    case .unsubscribed(_, let room, let code):
      return [.tell(.unsubscribed(room: room, code: code))] + forget(room, reason: "the hub has taken every room away")
    case .error(let id, let room, let code, let detail, let isTemporary):
      return refused(id, room, Refusal(code: code, detail: detail, isTemporary: isTemporary))
    case .reconnect(let delay): return [.comeBack(after: .milliseconds(delay))]
    case .join, .leave, .members, .published, .history, .pong, .other: return []
    }
  }

  private mutating func receive(_ event: ReceivedEvent, json: [UInt8]) -> [Step] {
    guard let room = event.room, let position = event.position else {
      return [.tell(.event(RoomEvent(event, json: json)))]
    }
    let progress = progress(room, to: position)
    return progress.isNew ? progress.steps + [.tell(.event(RoomEvent(event, json: json)))] : []
  }

  /// Notes that a room has come to `position`. What a hole in its offsets hides is lost, and is told.
  private mutating func progress(_ name: String, to position: Position) -> (isNew: Bool, steps: [Step]) {
    // Rooms that the hub subscribes by itself are followed too.
    guard let last = rooms[name, default: Room()].last, last.epoch == position.epoch else {
      rooms[name, default: Room()].after = .position(position)
      return (true, [])
    }
    guard position.offset > last.offset else { return (false, []) }
    rooms[name]?.after = .position(position)
    if position.offset == last.offset + 1 { return (true, []) }
    let missed = Position(epoch: position.epoch, offset: position.offset - 1)
    return (true, [.tell(.gap(room: name, from: last, position: missed))])
  }

  private mutating func subscribed(_ name: String, _ position: Position, _ recovered: Bool?) -> [Step] {
    rooms[name, default: Room()].standing = .subscribed
    rooms[name]?.after = .position(position)
    let steps = [Step.tell(.subscribed(room: name, position: position, recovered: recovered))]
    return recovered == false ? steps + [.tell(.notRecovered(room: name, position: position))] : steps
  }

  // MARK: Refusals

  private mutating func refused(_ id: RequestID?, _ room: String?, _ refusal: Refusal) -> [Step] {
    if let room { return refused(room, refusal) }
    guard let number = id.flatMap({ Int(String(decoding: $0.json, as: UTF8.self)) }),
      let names = asked.removeValue(forKey: number)
    else {
      lastError = "\(refusal)"
      return []
    }
    // The hub takes fewer at once, which says nothing about any of them.
    if refusal.code == ErrorCode.tooManyRooms.rawValue, names.count > 1 {
      let half = names.count / 2
      return [.send(request(Array(names[..<half]))), .send(request(Array(names[half...])))]
    }
    return names.flatMap { refused($0, refusal) }
  }

  private mutating func refused(_ room: String, _ refusal: Refusal) -> [Step] {
    let told = Step.tell(.refused(room: room, refusal))
    guard refusal.invitesRetry else { return [told] + forget(room, reason: "\(refusal)") }
    rooms[room]?.standing = .open
    return [told, .askLater]
  }

  private mutating func forget(_ room: String, reason: String) -> [Step] {
    rooms[room] = nil
    wanted.removeAll { $0 == room }
    return wanted.isEmpty ? [.nothingLeft(reason: reason)] : []
  }
}

extension ResumePoint {
  /// As `after` says it.
  var text: String {
    switch self {
    case .position(let position): position.description
    case .earliest: "earliest"
    }
  }
}
