package import HubWire

/// How far each room has come, over all connections: what to ask for, and what of the hub's messages is news. A pure
/// value.
///
/// A room counts from the answer to its own request on. What comes before that is of a subscription that has ended, and
/// says nothing: it would make holes where there are none.
package struct RoomLedger {
  /// What a message leads to.
  package enum Step {
    case tell(ClientEvent)
    /// The hub is there, and pings after so many seconds of silence.
    case welcomed(ping: Int)
    /// The hub is about to close, and asks to come back after so long.
    case comeBack(after: Duration)
    /// Something was refused for now: ask again later.
    case askLater
    /// A JSON text to send.
    case send([UInt8])
    /// The token has ended: a fresh one keeps the connection.
    case tokenExpired
    /// A room cannot be had, or no longer; nobody is asked for it again.
    case ended(room: String, Refusal)
  }

  private enum Standing: Equatable {
    /// Wanted, and to be asked for.
    case open
    case asked(Int)
    case subscribed
    /// Wanted, but who wants it cannot take more now.
    case paused
    /// Not wanted any more, and the hub has not said that it knows.
    case leaving
    /// The hub's own choice.
    case given
  }

  private struct Room {
    var standing: Standing
    /// After which point to subscribe; once an event has come, its position.
    var after: ResumePoint?
    var presence: [UInt8]?
    /// What the room has come to when it is up to date; nil where it is.
    var newest: Position?
    var members: [Member] = []
    /// The hub has chosen it, and nobody here has.
    var isGiven = false

    var last: Position? { if case .position(let position) = after { position } else { nil } }
    var isHeard: Bool { standing == .subscribed || standing == .given }
  }

  /// One message names at most so many rooms, so that it stays far below what a hub takes.
  private static let roomsPerMessage = 100
  /// How many members of a room are remembered; a hub tells of no more at once.
  private static let maximumMembers = 10_000

  private var rooms: [String: Room] = [:]
  /// Rooms of the hub's own choice are left until who listens can take more.
  private var isPausingGiven = false
  /// The wanted rooms, in the order in which they were given.
  private var wanted: [String] = []
  /// Requests that are not answered for all of their rooms.
  private var asked: [Int: [String]] = [:]
  private var unsubscribing: [Int: String] = [:]
  /// Rooms that the hub would not take back when it was told.
  private var unsubscribeAgain: [String] = []
  private var nextID = 1
  /// The last error that was about no room: why the hub closes.
  private(set) var lastError: Refusal?

  package init() {}

  /// The same with rooms that are wanted.
  package init(_ rooms: [(name: RoomName, after: ResumePoint?)]) {
    for room in rooms { add(RoomWish(room.name, after: room.after)) }
  }

  // MARK: Wishes

  /// Wants a room. Where it is wanted already nothing changes.
  package mutating func add(_ wish: RoomWish) {
    let name = wish.name.text
    if wanted.contains(name) { return }
    wanted.append(name)
    rooms[name] = Room(standing: .open, after: wish.after, presence: wish.presence)
  }

  /// Wants a room no more.
  ///
  /// - Returns: what to send.
  package mutating func remove(_ name: String) -> [[UInt8]] {
    guard let index = wanted.firstIndex(of: name) else { return [] }
    wanted.remove(at: index)
    return leave(name, for: .leaving)
  }

  /// Lets a room be until ``resume(_:)``; then it goes on where it is now.
  package mutating func pause(_ name: String) -> [[UInt8]] {
    guard wanted.contains(name) else { return [] }
    return leave(name, for: .paused)
  }

  package mutating func resume(_ name: String) {
    if rooms[name]?.standing == .paused { rooms[name]?.standing = .open }
  }

  /// Lets the rooms of the hub's own choice be until ``resumeGiven()``, those that it chooses meanwhile, too. From then on
  /// they are wanted: the hub subscribes to them by itself only at the beginning of a connection.
  package mutating func pauseGiven() -> [[UInt8]] {
    if isPausingGiven { return [] }
    isPausingGiven = true
    return rooms.keys.filter { rooms[$0]?.isGiven == true }.sorted().flatMap { pauseGiven($0) }
  }

  private mutating func pauseGiven(_ name: String) -> [[UInt8]] {
    if !wanted.contains(name) { wanted.append(name) }
    return leave(name, for: .paused)
  }

  package mutating func resumeGiven() {
    isPausingGiven = false
    for name in wanted where rooms[name]?.isGiven == true { resume(name) }
  }

  private mutating func leave(_ name: String, for standing: Standing) -> [[UInt8]] {
    switch rooms[name]?.standing {
    case .asked, .subscribed, .given:
      rooms[name]?.standing = standing
      rooms[name]?.members = []
      return [unsubscribe(name)]
    case .open, .paused:
      // The hub does not know of it.
      rooms[name]?.standing = standing
      if standing == .leaving { rooms[name] = nil }
      return []
    default: return []
    }
  }

  /// Every room that is wanted is subscribed, and has come to what was its newest event then.
  package var isUpToDate: Bool {
    wanted.allSatisfy { rooms[$0]?.standing == .subscribed && rooms[$0]?.newest == nil }
  }

  /// Where a room stands, once its events follow.
  func position(of name: String) -> Position? {
    rooms[name].flatMap { $0.standing == .subscribed ? $0.last : nil }
  }

  func members(of name: String) -> [Member] { rooms[name]?.members ?? [] }

  // MARK: Requests

  /// The next connection begins from nothing but the positions.
  package mutating func connectionEnded() {
    let names = Set(wanted)
    rooms = rooms.filter { names.contains($0.key) }
    for name in wanted where rooms[name]?.standing != .paused {
      rooms[name]?.standing = .open
      rooms[name]?.newest = nil
      rooms[name]?.members = []
    }
    asked = [:]
    unsubscribing = [:]
    unsubscribeAgain = []
    lastError = nil
  }

  /// The messages that ask for every room that is not asked for yet, and take back what the hub has not heard of.
  package mutating func requests() -> [[UInt8]] {
    let again = unsubscribeAgain
    unsubscribeAgain = []
    let open = wanted.filter { rooms[$0]?.standing == .open }
    return again.map { unsubscribe($0) }
      + stride(from: 0, to: open.count, by: Self.roomsPerMessage).map { start in
        request(Array(open[start..<min(open.count, start + Self.roomsPerMessage)]))
      }
  }

  /// The message that shows a fresh token.
  mutating func auth(_ token: String) -> [UInt8] {
    ClientMessage.auth(id: RequestID(takeID()), token: token).encode()
  }

  private mutating func request(_ names: [String]) -> [UInt8] {
    let id = takeID()
    asked[id] = names
    for name in names { rooms[name]?.standing = .asked(id) }
    let requests = names.map { name in
      RoomRequest(room: name, after: rooms[name]?.after?.text, presence: rooms[name]?.presence)
    }
    return ClientMessage.subscribe(id: RequestID(id), rooms: requests, many: true).encode()
  }

  private mutating func unsubscribe(_ name: String) -> [UInt8] {
    let id = takeID()
    unsubscribing[id] = name
    return ClientMessage.unsubscribe(id: RequestID(id), room: name).encode()
  }

  private mutating func takeID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  private static func number(_ id: RequestID?) -> Int? {
    id.flatMap { Int(String(decoding: $0.json, as: UTF8.self)) }
  }

  // MARK: Messages

  /// - Throws: where no hub says this.
  package mutating func receive(_ message: [UInt8]) throws(HubError) -> [Step] {
    let parsed = try ServerMessage.parse(message)
    forgetError(at: parsed)
    switch parsed {
    case .event(let event): return receive(event, json: message)
    case .welcome(let connection, let node, let ping, let user):
      return [.welcomed(ping: ping), .tell(.connected(connection: connection, node: node, user: user))]
        + requests().map { .send($0) }
    case .subscribed(let id, let room, let position, let recovered, let newest, let members):
      let members = try members.map { json throws(HubError) in try Self.list(json) }
      return subscribed(Self.number(id), room, position, recovered, newest, members)
    case .skip(let room, let position): return isHeard(room) ? progress(room, to: position).steps : []
    case .gap(let room, let from, let position):
      guard isHeard(room) else { return [] }
      rooms[room]?.after = .position(position)
      rooms[room]?.newest = nil
      return [.tell(.gap(room: room, from: from, position: position))]
    case .unsubscribed(let id, let room, let code): return unsubscribed(Self.number(id), room, code)
    case .error(let id, let room, let code, let detail, let isTemporary):
      return refused(Self.number(id), room, Refusal(code: code, detail: detail, isTemporary: isTemporary))
    case .reconnect(let delay): return [.comeBack(after: .milliseconds(delay))]
    case .join(let room, let json): return joined(room, try Member(json))
    case .leave(let room, let json): return left(room, try Member(json))
    case .members(_, let room, let json):
      guard isHeard(room) else { return [] }
      return told(room, try Self.list(json))
    case .published, .history, .pong, .other: return []
    }
  }

  /// What the hub says after an error means that it has not closed because of it; after a token has ended, only that it
  /// has taken another one does.
  private mutating func forgetError(at message: ServerMessage) {
    switch message {
    case .error: break
    case .other(ServerMessage.Kind.authenticated.rawValue): lastError = nil
    default: if lastError?.isTokenExpired == false { lastError = nil }
    }
  }

  private func isHeard(_ room: String) -> Bool { rooms[room]?.isHeard == true }

  private mutating func receive(_ event: ReceivedEvent, json: [UInt8]) -> [Step] {
    guard let room = event.room else { return [.tell(.event(RoomEvent(event, json: json)))] }
    guard isHeard(room) else { return [] }
    guard let position = event.position else { return [.tell(.event(RoomEvent(event, json: json)))] }
    let progress = progress(room, to: position)
    return progress.isNew ? progress.steps + [.tell(.event(RoomEvent(event, json: json)))] : []
  }

  /// Notes that a room has come to `position`. What a hole in its offsets, or another epoch, hides is lost, and is told.
  private mutating func progress(_ name: String, to position: Position) -> (isNew: Bool, steps: [Step]) {
    guard var room = rooms[name] else { return (false, []) }
    defer { rooms[name] = room }
    guard let last = room.last else {
      room.after = .position(position)
      return (true, [])
    }
    let isSameEpoch = last.epoch == position.epoch
    if isSameEpoch, position.offset <= last.offset { return (false, []) }
    room.after = .position(position)
    if let newest = room.newest, newest.epoch != position.epoch || newest.offset <= position.offset {
      room.newest = nil
    }
    if isSameEpoch, position.offset == last.offset + 1 { return (true, []) }
    let missed = Position(epoch: position.epoch, offset: position.offset - min(1, position.offset))
    return (true, [.tell(.gap(room: name, from: last, position: missed))])
  }

  // MARK: Subscriptions

  private mutating func subscribed(
    _ id: Int?, _ name: String, _ position: Position, _ recovered: Bool?, _ newest: Position?, _ members: [Member]?
  ) -> [Step] {
    switch rooms[name]?.standing {
    case .asked(let number) where number == id:
      answered(number, name)
      rooms[name]?.standing = .subscribed
    case nil where id == nil:
      rooms[name] = Room(standing: .given, after: .position(position), isGiven: true)
      if isPausingGiven { return pauseGiven(name).map { .send($0) } }
    case .given: break
    default: return []
    }
    let last = rooms[name]?.last
    rooms[name]?.after = .position(position)
    rooms[name]?.newest = newest.flatMap { $0 == position ? nil : $0 }
    var steps = [Step.tell(.subscribed(room: name, position: position, recovered: recovered))]
    if recovered == false { steps.append(.tell(.notRecovered(room: name, from: last, position: position))) }
    return steps + (members.map { told(name, $0) } ?? [])
  }

  private mutating func answered(_ id: Int, _ name: String) {
    asked[id]?.removeAll { $0 == name }
    if asked[id]?.isEmpty == true { asked[id] = nil }
  }

  private mutating func unsubscribed(_ id: Int?, _ name: String, _ code: String?) -> [Step] {
    if let id, unsubscribing.removeValue(forKey: id) != nil {
      if rooms[name]?.standing == .leaving { rooms[name] = nil }
      return []
    }
    switch rooms[name]?.standing {
    case .given:
      rooms[name] = nil
      return [.tell(.unsubscribed(room: name, code: code))]
    case .subscribed:
      let refusal = Refusal(code: code ?? "UNSUBSCRIBED", detail: "the hub has taken the room away", isTemporary: false)
      return [.tell(.unsubscribed(room: name, code: code))] + forget(name, refusal)
    default: return []
    }
  }

  private mutating func forget(_ name: String, _ refusal: Refusal) -> [Step] {
    rooms[name] = nil
    wanted.removeAll { $0 == name }
    return [.ended(room: name, refusal)]
  }

  // MARK: Members

  private static func list(_ json: [UInt8]) throws(HubError) -> [Member] {
    try Member.list(try JSONValue(parsing: json), maximum: maximumMembers)
  }

  private mutating func told(_ name: String, _ members: [Member]) -> [Step] {
    rooms[name]?.members = members
    return [.tell(.members(room: name, members))]
  }

  private mutating func joined(_ name: String, _ member: Member) -> [Step] {
    guard isHeard(name) else { return [] }
    rooms[name]?.members.removeAll { $0.user == member.user }
    if members(of: name).count < Self.maximumMembers { rooms[name]?.members.append(member) }
    return [.tell(.joined(room: name, member))]
  }

  private mutating func left(_ name: String, _ member: Member) -> [Step] {
    guard isHeard(name) else { return [] }
    rooms[name]?.members.removeAll { $0.user == member.user }
    return [.tell(.left(room: name, member))]
  }

  // MARK: Refusals

  private mutating func refused(_ id: Int?, _ room: String?, _ refusal: Refusal) -> [Step] {
    if let room {
      if let id { answered(id, room) }
      return refused(id, room, refusal)
    }
    if let id, let name = unsubscribing.removeValue(forKey: id) {
      unsubscribeAgain.append(name)
      return [.askLater]
    }
    guard let id, let names = asked.removeValue(forKey: id) else {
      lastError = refusal
      return refusal.isTokenExpired && id == nil ? [.tokenExpired] : []
    }
    // The hub takes fewer at once, which says nothing about any of them.
    if refusal.code == ErrorCode.tooManyRooms.rawValue, names.count > 1 {
      let half = names.count / 2
      return [names[..<half], names[half...]].map { part in
        .send(request(part.filter { rooms[$0]?.standing == .asked(id) }))
      }
    }
    return names.flatMap { refused(id, $0, refusal) }
  }

  private mutating func refused(_ id: Int?, _ room: String, _ refusal: Refusal) -> [Step] {
    // It was left meanwhile, or asked for anew.
    guard case .asked(let number) = rooms[room]?.standing, number == id else { return [] }
    if refusal.code == ErrorCode.conflict.rawValue {
      // The connection has it, by the hub's own choice: then it was not subscribed from where it was left.
      rooms[room]?.standing = .open
      return [.send(unsubscribe(room)), .askLater]
    }
    let told = Step.tell(.refused(room: room, refusal))
    guard refusal.invitesRetry else { return [told] + forget(room, refusal) }
    rooms[room]?.standing = .open
    return [told, .askLater]
  }
}
