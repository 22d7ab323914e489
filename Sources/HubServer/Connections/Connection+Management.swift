import HubIO
import HubRooms
import HubWire

/// What those who manage the hub do with a stream.
extension Connection {
  /// Nil where it is no stream, or one that has ended or not begun; also where it is not subscribed to `room`.
  func summary(in room: RoomName? = nil) -> StreamSummary? {
    guard let stream, isServed else { return nil }
    if let room, stream.subscription(to: room) == nil { return nil }
    return StreamSummary(
      id: stream.id, kind: stream.isWebSocket ? .webSocket : .eventStream, user: stream.authority.grant.user,
      address: clientAddress, subscriptions: stream.subscriptions.count)
  }

  /// The rooms it is subscribed to, by name.
  var roomNames: [RoomName] {
    stream.map { $0.subscriptions.map(\.room).sorted { $0.text < $1.text } } ?? []
  }

  /// It is a stream of the hub's protocol, and something can be said over it.
  private var isServed: Bool {
    switch stage {
    case .webSocket, .eventStream: stream?.hasHead == true
    case .http, .echo, .closing: false
    }
  }

  /// Sends an event that belongs to no room, where the outbox has room for it.
  /// - Returns: whether it was sent.
  func send(_ event: UserEvent) -> Bool {
    guard let stream, isServed else { return false }
    return channel.offer(stream.isWebSocket ? event.webSocket : event.eventStream, frames: 1, limit: node.outboxLimit)
  }

  /// Ends the stream.
  /// - Returns: false where there is none, or it is ending already.
  func end(code: UInt16, reason: String) -> Bool {
    guard stream != nil else { return false }
    switch stage {
    case .webSocket: close(code: code, reason: reason)
    case .eventStream: endEventStream()
    case .http, .echo, .closing: return false
    }
    return true
  }

  /// Subscribes the client to a room that the server has chosen. It stays, whatever the client's token allows.
  ///
  /// - Throws: `CONFLICT` for an event stream, whose rooms are those of its URL.
  func assign(_ room: RoomName) async throws(HubError) {
    try checkRoomsCanChange()
    if stream?.subscription(to: room) != nil { return }
    if node.isDraining { throw HubError(.draining, "the hub is shutting down") }
    try await attach(RoomSubscription(room: room, after: nil), id: nil, isAssigned: true)
    guard let subscription = stream?.subscription(to: room) else { throw ConnectionsRoute.gone }
    await worker.fanout.waitStanding(subscription)
    if subscription.hasEnded { throw ConnectionsRoute.gone }
  }

  /// Takes the client out of a room.
  ///
  /// - Throws: `CONFLICT` for an event stream.
  func withdraw(_ room: RoomName) async throws(HubError) {
    try checkRoomsCanChange()
    guard let subscription = stream?.remove(room) else { return }
    await worker.fanout.waitStanding(subscription)
    await worker.fanout.leave(subscription)
    if case .webSocket = stage { sendJSON(ServerMessage.encodeUnsubscribed(id: nil, room: room, code: .forbidden)) }
  }

  private func checkRoomsCanChange() throws(HubError) {
    guard stream != nil, isServed else { throw ConnectionsRoute.gone }
    switch stage {
    case .webSocket: break
    case .eventStream:
      throw HubError(.conflict, "an event stream has the rooms of its URL; open another one for other rooms")
    case .http, .echo, .closing: throw ConnectionsRoute.gone
    }
  }

  // MARK: The index by user

  /// From here on the stream is found by its user.
  func enterIndex() {
    if let user = stream?.authority.grant.user { worker.users.add(self, of: user) }
  }

  func leaveIndex() {
    if let user = stream?.authority.grant.user { worker.users.remove(self, of: user) }
  }
}
