import HubIO
import HubRooms
import HubWire

/// The server-sent-events side of a connection (WHATWG HTML, "Server-sent events").
extension Connection {
  /// What a client should wait before it comes back, in milliseconds.
  private static let retry = 2000

  /// Subscribes to the rooms and streams. The answer's head leaves once the first subscription stands.
  ///
  /// - Throws: why there is no stream; then the connection is what it was before.
  func beginEventStream(_ rooms: [RoomSubscription], _ grant: Grant, _ sharing: HTTPFields) async throws(HubError) {
    guard case .http(let reader) = stage else { return }
    becomeStream(codec: nil, grant)
    stage = .eventStream
    do throws(HubError) {
      guard takeSeat(of: grant) else { throw Limit.user.refusal }
      try await letIn()
      for request in rooms {
        try await askToSubscribe(to: request.room)
        try checkStillReads(request.room)
      }
      if rooms.count == 1 {
        try await subscribeToOne(rooms[0], sharing)
      } else {
        try await subscribeToMany(rooms, sharing)
      }
      startReading(reader.takePending())
    } catch {
      worker.statistics.eventStreams -= 1
      tellClosed()
      leaveIndex()
      leaveSeat()
      leaveRooms()
      stream = nil
      stage = .http(reader)
      throw error
    }
  }

  private func subscribeToOne(_ request: RoomSubscription, _ sharing: HTTPFields) async throws(HubError) {
    guard let id = stream?.id else { return }
    let subscription = Subscription(
      room: request.room, connection: id, channel: channel, encoding: .serverSentEvents,
      presence: try presence(of: request)
    ) { [unowned self] standing in
      assumeIsolated { connection in
        guard case .eventStream = connection.stage else { return }
        connection.sendHead(sharing)
        connection.sendSubscribed(request.room, standing, encoding: .serverSentEvents)
      }
    }
    stream?.subscriptions.append(subscription)
    try await worker.fanout.attach(subscription, after: request.after)
    await worker.fanout.waitStanding(subscription)
    // Once the head is sent, whatever ends the stream has said so in it.
    if stream?.hasHead != true { try checkStillReads(request.room) }
  }

  /// Every subscription stands before anything is said, since each `id` covers all rooms.
  private func subscribeToMany(_ requests: [RoomSubscription], _ sharing: HTTPFields) async throws(HubError) {
    guard let id = stream?.id else { return }
    let cursor = SharedCursor(
      rooms: requests.map(\.room), positions: requests.map(\.position))
    let standings = Standings(count: requests.count)
    var subscriptions: [Subscription] = []
    for (index, request) in requests.enumerated() {
      let subscription = Subscription(
        room: request.room, connection: id, channel: channel,
        encoding: .manyServerSentEvents(cursor, room: index), isHeldBack: true
      ) { standing in
        // What the client is not told yet, and must be, is not covered by the `id` of another room.
        if standing.recovered != false { cursor.positions[index] = standing.position }
        standings.all[index] = standing
      }
      try checkStillReads(request.room)
      subscriptions.append(subscription)
      stream?.subscriptions.append(subscription)
      try await worker.fanout.attach(subscription, after: request.after)
      await worker.fanout.waitStanding(subscription)
    }
    for request in requests { try checkStillReads(request.room) }
    sendHead(sharing)
    for (index, request) in requests.enumerated() {
      guard let standing = standings.all[index] else { continue }
      sendSubscribed(request.room, standing, encoding: .manyServerSentEvents(cursor, room: index))
    }
    // A room may have been deleted while the others were asked.
    for subscription in subscriptions where subscription.hasEnded { sendUnsubscribed(subscription, .notFound) }
    if stream?.subscriptions.isEmpty == true { return endEventStream() }
    for subscription in stream?.subscriptions ?? [] { await worker.fanout.release(subscription) }
  }

  private func sendHead(_ sharing: HTTPFields) {
    stream?.hasHead = true
    var fields = HTTPFields.of(type: "text/event-stream")
    fields.append(["Cache-Control": "no-store", "X-Accel-Buffering": "no", "Connection": "close"])
    fields.append(sharing)
    channel.push(HTTPResponse.encodeStreamHead(status: 200, fields: fields, date: worker.dateField))
    channel.push(ServerSentEvents.retry(milliseconds: Self.retry))
  }

  private func sendSubscribed(_ room: RoomName, _ standing: Standing, encoding: SubscriptionEncoding) {
    let json = Self.encodeSubscribed(room, standing, id: nil, connection: stream?.id, ping: pingSeconds)
    channel.push(encoding.control("subscribed", json, at: standing.position))
  }
}

extension RoomSubscription {
  /// What the client has been told, as far as it says so.
  fileprivate var position: Position {
    if case .position(let position) = after { position } else { Position(epoch: "0", offset: 0) }
  }
}

/// Where each room of a stream stands, as the answers come in.
private final class Standings {
  var all: [Standing?]
  init(count: Int) { all = Array(repeating: nil, count: count) }
}
