import HubRooms
import HubWire

/// Requests that become streams: WebSocket and SSE.
struct StreamRoute {
  let worker: Worker
  let grant: Grant

  /// How many rooms one event stream may have.
  private static let maximumRooms = 32

  // MARK: WebSocket

  /// `GET /v1/ws`, and the resource of a room with `Upgrade: websocket`.
  ///
  /// A browser cannot see the status of a failed handshake, so what the hub itself refuses is told after it.
  ///
  /// - Parameter refusal: what was decided when the connection was accepted.
  func webSocket(_ exchange: Exchange, room: RoomName? = nil, refusal: HubError?) throws(HubError) -> Reply {
    let offer = try WebSocketHandshake.offer(in: exchange.request)
    do throws(HubError) {
      if let refusal = refusal ?? exchange.refusal { throw refusal }
      try refuseWhileDraining()
      let query = try HTTPQuery(exchange.request.query)
      let (after, presence) = (try Self.after(query), try Self.presence(query))
      guard let room else {
        if presence != nil { throw HubError(.invalidRequest, "`presence` needs a room in the path") }
        return .webSocket(WebSocketOpening(offer: offer, purpose: .hub([], grant)))
      }
      // Who has presented nothing may do so in the first message; until then the room waits.
      if grant.source != .anonymous {
        try grant.checkRead(room)
        if presence != nil { _ = try grant.checkPresence(room) }
      }
      let rooms = [RoomSubscription(room: room, after: after, presence: presence)]
      return .webSocket(WebSocketOpening(offer: offer, purpose: .hub(rooms, grant)))
    } catch {
      return .webSocket(WebSocketOpening(offer: offer, purpose: .refuse(error)))
    }
  }

  /// `GET /debug/echo`.
  func echo(_ request: HTTPRequest) throws(HubError) -> Reply {
    .webSocket(WebSocketOpening(offer: try WebSocketHandshake.offer(in: request), purpose: .echo))
  }

  // MARK: Event streams

  /// The resource of a room with `Accept: text/event-stream`.
  func eventStream(_ request: HTTPRequest, room: RoomName) throws(HubError) -> Reply {
    try refuseWhileDraining()
    let after = try request.fields["Last-Event-ID"].map { text throws(HubError) in try ResumePoint(text) }
    let query = try HTTPQuery(request.query)
    let (queried, presence) = (try Self.after(query), try Self.presence(query))
    if presence != nil { _ = try grant.checkPresence(room) }
    return .eventStream([RoomSubscription(room: room, after: after ?? queried, presence: presence)], grant)
  }

  /// `GET /v1/events?room=a&room=b`.
  func eventStream(_ request: HTTPRequest) throws(HubError) -> Reply {
    try refuseWhileDraining()
    let query = try HTTPQuery(request.query)
    var rooms: [RoomName] = []
    for name in query.all("room") {
      let room = try RoomName(name)
      try worker.policy.names.check(room)
      if !rooms.contains(room) { rooms.append(room) }
    }
    guard !rooms.isEmpty else { throw HubError(.invalidRequest, "name at least one room: `?room=a&room=b`") }
    guard rooms.count <= Self.maximumRooms else {
      throw HubError(.tooManyRooms, "an event stream may have \(Self.maximumRooms) rooms, these are \(rooms.count)")
    }
    if try Self.presence(query) != nil {
      throw HubError(.invalidRequest, "`presence` is for a stream of one room: `/v1/rooms/{room}/events?presence=true`")
    }
    for room in rooms { try grant.checkRead(room) }
    let points = try Self.points(request.fields["Last-Event-ID"] ?? query["after"], rooms)
    return .eventStream(zip(rooms, points).map { RoomSubscription(room: $0, after: $1) }, grant)
  }

  /// Where each room resumes: one cursor covers them all.
  private static func points(_ cursor: String?, _ rooms: [RoomName]) throws(HubError) -> [ResumePoint?] {
    guard let cursor else { return rooms.map { _ in nil } }
    if cursor == "earliest" { return rooms.map { _ in .earliest } }
    if rooms.count == 1 { return [try ResumePoint(cursor)] }
    return try SSECursor(parsing: cursor, rooms: rooms).positions.map { .position($0) }
  }

  private static func after(_ query: HTTPQuery) throws(HubError) -> ResumePoint? {
    try query["after"].map { text throws(HubError) in try ResumePoint(text) }
  }

  /// `presence=true`: the user is seen in the room, and tells nothing about itself.
  private static func presence(_ query: HTTPQuery) throws(HubError) -> [UInt8]? {
    try query.flag("presence") ? Array("{}".utf8) : nil
  }

  private func refuseWhileDraining() throws(HubError) {
    if worker.node.isDraining { throw HubError(.draining, "the hub is shutting down; come back in a moment") }
  }
}
