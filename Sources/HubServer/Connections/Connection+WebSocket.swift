import HubIO
import HubRooms
import HubWire

/// The WebSocket side of a connection (RFC 6455, and the hub's own messages on top).
extension Connection {
  /// The subprotocol that is chosen when the client offers it.
  static let subprotocol = "roomcast.v1"
  /// The largest message that the echo of conformance suites takes.
  private static let echoLimit = 64 << 20

  func beginWebSocket(_ opening: WebSocketOpening) async {
    guard case .http(let reader) = stage else { return }
    let chosen = opening.offer.subprotocols.contains(Self.subprotocol) ? Self.subprotocol : nil
    channel.push(WebSocketHandshake.answer(to: opening.offer, subprotocol: chosen))
    var limit = node.settings.client.messageBytes
    if case .echo = opening.purpose { limit = Self.echoLimit }
    var grant = Grant.open
    if case .hub(_, let presented) = opening.purpose { grant = presented }
    becomeStream(codec: WebSocketProtocol(role: .server, maximumMessage: limit), grant)
    switch opening.purpose {
    case .echo: stage = .echo
    case .refuse(let error):
      stage = .webSocket
      endStream(error)
    case .hub(let rooms, _):
      stage = .webSocket
      await open(rooms, grant)
    }
    startReading(reader.takePending())
  }

  /// Who comes without a credential may still send one: it is let in then, or when it reads what anyone may read.
  private func open(_ rooms: [RoomSubscription], _ grant: Grant) async {
    let hasSeat = takeSeat(of: grant)
    if hasSeat, grant.source != .anonymous {
      do throws(HubError) { try await letIn() } catch { return endStream(error) }
    }
    guard case .webSocket = stage else { return }
    welcome()
    guard hasSeat else { return endStream(Limit.user.refusal) }
    stream?.pending = rooms
    await subscribePending()
  }

  private func welcome() {
    stream?.hasHead = true
    guard let stream else { return }
    let user = stream.authority.grant.user
    sendJSON(ServerMessage.encodeWelcome(connection: stream.id, node: node.name, ping: pingSeconds, user: user))
  }

  /// After how many seconds of silence a client hears from the hub.
  var pingSeconds: Int { Int(node.settings.ping.inSeconds) }

  /// Sends a JSON text as one message; none follows the close (RFC 6455 section 5.5.1).
  func sendJSON(_ json: [UInt8]) {
    if case .closing = stage { return }
    channel.push(WebSocketFrame.encode(.text, json))
  }

  // MARK: Frames

  /// Takes frames; the whole messages among them are for ``handle(_:)``.
  func takeFrames(_ input: Span<UInt8>) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    read(input) { event in
      switch event {
      case .text(let message): messages.append(message)
      case .binary:
        close(code: 1003, reason: "binary messages are not understood here; send JSON as text")
      // What was said before the close still counts: the answer to it waits until that has been handled.
      case .close(let code, _):
        if messages.isEmpty { answerClose(code) } else { stream?.closeAfterMessages = .some(code) }
      case .ping, .pong: break
      }
    }
    worker.statistics.messagesIn += UInt64(messages.count)
    return messages
  }

  /// Every message goes back as it came.
  func echo(_ input: Span<UInt8>) {
    read(input) { event in
      switch event {
      case .text(let message): channel.push(WebSocketFrame.encode(.text, message))
      case .binary(let message): channel.push(WebSocketFrame.encode(.binary, message))
      case .close(let code, _): answerClose(code)
      case .ping, .pong: break
      }
    }
  }

  /// Decodes frames, answers those that the protocol itself answers, and hands all of them on.
  private func read(_ input: Span<UInt8>, _ body: (WebSocketEvent) -> Void) {
    var index = 0
    do throws(WebSocketViolation) {
      while let event = try stream?.codec?.next(input, at: &index) {
        if case .closing = stage { return }
        if case .ping(let payload) = event, admitsPing(bytes: payload.count) {
          channel.push(WebSocketFrame.encode(.pong, payload))
        }
        body(event)
      }
    } catch {
      let code: ErrorCode = error.closeCode == 1009 ? .payloadTooLarge : .invalidRequest
      count(code)
      close(code: error.closeCode, reason: error.reason)
      // A peer that breaks the protocol is not waited for (RFC 6455 section 7.1.7).
      endAfterDrain()
    }
  }

  /// The peer closes: its code goes back, and this side ends once that is sent (RFC 6455 section 5.5.1).
  private func answerClose(_ code: UInt16?) {
    stage = .closing
    leaveRooms()
    channel.push(code.map { WebSocketFrame.close(code: $0, reason: "") } ?? WebSocketFrame.closeWithoutCode())
    setDeadline(.linger, after: Self.lingerTime)
    endAfterDrain()
  }

  // MARK: Messages

  func handle(_ messages: [[UInt8]]) async {
    for message in messages {
      guard case .webSocket = stage, let stream else { return }
      if admits(message) {
        let session = Session(
          maximumRooms: node.settings.client.rooms, isDraining: node.isDraining, grant: stream.authority.grant,
          hasExpired: stream.authority.hasExpired, names: worker.policy.names,
          infoBytes: node.settings.presence.infoBytes)
        for action in session.receive(message, subscribed: stream.subscriptions.map(\.room)) {
          guard case .webSocket = stage else { return }
          await perform(action)
        }
      }
      // Answers that are not read are not made: the rest waits until there is room for them.
      if !channel.outbox.admits(frames: 1, bytes: 0, limit: node.outboxLimit) { await channel.waitDrained() }
    }
    if case .webSocket = stage, let code = stream?.closeAfterMessages { answerClose(code) }
  }

  private func perform(_ action: SessionAction) async {
    switch action {
    case .answer(let json): sendJSON(json)
    case .fail(let error, let id, let room): fail(error, id: id, room: room)
    case .close(let error): endStream(error)
    case .subscribe(let request, let id):
      do throws(HubError) {
        try await enter(request, id: id)
      } catch {
        fail(error, id: id, room: request.room.text)
      }
    case .unsubscribe(let room, let id):
      if let subscription = stream?.remove(room) {
        // Behind a subscribe that has not been answered yet, so that each gets its answer.
        await worker.fanout.waitStanding(subscription)
        await worker.fanout.leave(subscription)
      }
      sendJSON(ServerMessage.encodeUnsubscribed(id: id, room: room))
    case .publish(let room, let request, let id): await publish(room, request, id: id)
    case .authenticate(let token, let id): await authenticate(token, id: id)
    case .history(let room, let query, let limit, let id): await sendHistory(room, query, limit, id: id)
    case .members(let room, let cursor, let limit, let id): await sendMembers(room, cursor, limit, id: id)
    }
  }

  func fail(_ error: HubError, id: RequestID?, room: String? = nil) {
    count(error.code)
    sendJSON(ServerMessage.encodeError(id: id, room: room, error))
  }

  /// - Throws: why not; then the room is not subscribed.
  func subscribe(_ request: RoomSubscription, id: RequestID?) async throws(HubError) {
    // Between the message and its turn a reload may have taken the right away.
    guard let grant = stream?.authority.grant else { return }
    try grant.checkRead(request.room)
    try await attach(request, id: id)
  }

  /// - Parameter isAssigned: the server has chosen the room, and not the client.
  /// - Throws: why not; then the room is not subscribed.
  func attach(_ request: RoomSubscription, id: RequestID?, isAssigned: Bool = false) async throws(HubError) {
    guard let connection = stream?.id else { return }
    // Since the message was read the server may have subscribed it, or rooms may have come of the token.
    try stream?.checkSpace(for: request.room, maximum: node.settings.client.rooms)
    let subscription = Subscription(
      room: request.room, connection: connection, channel: channel, encoding: .webSocket,
      presence: try presence(of: request), isAssigned: isAssigned
    ) { [unowned self] standing in
      assumeIsolated { $0.sendJSON(Self.encodeSubscribed(request.room, standing, id: id)) }
    }
    self.stream?.subscriptions.append(subscription)
    do throws(HubError) {
      try await worker.fanout.attach(subscription, after: request.after)
    } catch {
      _ = self.stream?.remove(subscription)
      throw error
    }
  }

  private func publish(_ room: RoomName, _ request: PublishRequest, id: RequestID?) async {
    guard let grant = stream?.authority.grant else { return }
    let event = NewEvent(
      name: request.name, data: request.data, user: grant.user, excluded: request.echo ? nil : stream?.id,
      isEphemeral: request.ephemeral)
    do throws(HubError) {
      let publisher = Publisher(worker: worker)
      try worker.admitPublish(by: grant)
      let order = try publisher.order(event, to: room, key: request.key, by: grant)
      switch try await decide(order.event, in: room, by: grant) {
      case .publish(let event):
        guard case .webSocket = stage, let authority = stream?.authority else { return }
        // Meanwhile it may have lost the right.
        try authority.checkPublish(room)
        let publication = try await publisher.publish(publisher.order(order, with: event))
        sendJSON(
          ServerMessage.encodePublished(
            id: id, room: room, position: publication.position, duplicate: publication.isDuplicate,
            queued: publication.queued))
      case .reply(let name, let data):
        let frame = ServerMessage.eventFrame(
          room: room, position: nil, name: name, data: data, time: reactor.kernel.wallTime(), user: nil)
        guard case .webSocket = stage else { return }
        channel.push(frame.bytes)
        sendJSON(ServerMessage.encodePublished(id: id, room: room, position: nil, duplicate: false))
      }
    } catch {
      fail(error, id: id, room: room.text)
    }
  }

  private func sendHistory(_ room: RoomName, _ query: PageQuery, _ limit: Int, id: RequestID?) async {
    do throws(HubError) {
      try await askToRead(room)
      let page = try await HistoryRoute.page(room, query, limit, node)
      sendJSON(
        ServerMessage.encodeHistory(
          id: id, room: room, position: page.position, recovered: page.recovered, events: page.events.map(\.frame),
          more: page.hasMore))
    } catch {
      fail(error, id: id, room: room.text)
    }
  }
}
