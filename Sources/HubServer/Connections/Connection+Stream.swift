import HubIO
import HubRooms
import HubWire

/// What WebSocket and event streams share: reading on, backpressure, and the end.
extension Connection {
  /// The connection has become a stream: from here on it has a name.
  func becomeStream(codec: WebSocketProtocol?, _ grant: Grant) {
    stream = StreamState(
      id: .random(), codec: codec, keepalive: Keepalive(now: reactor.now), authority: makeAuthority(grant))
    enterIndex()
    if codec != nil { worker.statistics.webSockets += 1 } else { worker.statistics.eventStreams += 1 }
    setHeartbeat(at: reactor.now + node.settings.ping)
  }

  /// Begins the stream's own read task, after what arrived behind the request that opened the stream.
  ///
  /// The task is shallow: a task keeps all the stack it ever needed, and this one sleeps for as long as the connection
  /// is idle. Messages are handled in a task of their own, which starts a fresh read task when it ends.
  func startReading(_ input: [UInt8] = []) {
    let messages = input.isEmpty ? [] : take(input.span)
    if !messages.isEmpty { return startHandling(messages) }
    // Queued and not immediate: a flood of messages would nest one task in the other on the same stack.
    Task(executorPreference: reactor) { await self.readStream() }
  }

  private func startHandling(_ messages: [[UInt8]]) {
    Task.immediate(executorPreference: reactor) {
      await self.handle(messages)
      self.startReading()
    }
  }

  private func readStream() async {
    while true {
      switch readNow() {
      case .wait: await channel.waitReadable()
      case .drain: await channel.waitDrained()
      case .over: return
      }
    }
  }

  /// What the read task does next.
  private enum Next {
    case wait
    /// What was answered waits to be sent: nothing is read before.
    case drain
    /// The connection is finished, or messages are being handled.
    case over
  }

  /// One synchronous step: what has arrived is in the reactor's receive buffer and must be consumed before anything
  /// suspends.
  private func readNow() -> Next {
    switch channel.receive() {
    case .bytes(let count):
      let received = UnsafeRawBufferPointer(start: reactor.receiveBuffer.baseAddress, count: count)
      let messages = received.withMemoryRebound(to: UInt8.self) { take($0.span) }
      if !messages.isEmpty {
        startHandling(messages)
        return .over
      }
      return channel.outbox.admits(frames: 1, bytes: 0, limit: node.outboxLimit) ? .wait : .drain
    case .nothing: return .wait
    case .end:
      finish()
      return .over
    }
  }

  /// What has arrived, as whole messages for ``handle(_:)``.
  private func take(_ input: Span<UInt8>) -> [[UInt8]] {
    stream?.keepalive.heard(at: reactor.now)
    switch stage {
    case .webSocket: return takeFrames(input)
    case .echo:
      echo(input)
      return []
    // The client of an event stream has nothing to say, and one that is being closed nothing that counts.
    case .eventStream, .http: return []
    case .closing:
      watchForClose(input)
      return []
    }
  }

  // MARK: The end

  /// Tells the client why, and closes.
  func endStream(_ error: HubError) {
    if case .closing = stage { return }
    guard let stream else { return }
    // Whoever opens the event stream finds it ended, and answers with the error.
    guard stream.isWebSocket || stream.hasHead else {
      stage = .closing
      return
    }
    count(error.code)
    if stream.isWebSocket {
      channel.push(WebSocketFrame.encode(.text, ServerMessage.encodeError(id: nil, error)))
      close(code: error.code.closeCode, reason: error.code.rawValue)
    } else {
      let json = ServerMessage.encodeError(id: nil, error)
      channel.push(ServerSentEvents.encode(id: nil, event: EventName.reservedPrefix + "error", data: json[...]))
      endEventStream()
    }
  }

  /// Sends a close frame; the peer's own, or the linger time, ends the connection.
  func close(code: UInt16, reason: String) {
    if case .closing = stage { return }
    stage = .closing
    leaveRooms()
    channel.push(WebSocketFrame.close(code: code, reason: reason))
    setDeadline(.linger, after: Self.lingerTime)
  }

  /// Ends this side after the last bytes; the peer ends its own when it sees that.
  func endEventStream() {
    if case .closing = stage { return }
    stage = .closing
    // Where no head was sent yet, nothing may be: whoever makes the stream finds out, and answers with a refusal.
    leaveRooms()
    guard stream?.hasHead == true else { return }
    setDeadline(.linger, after: Self.lingerTime)
    endAfterDrain()
  }

  func endAfterDrain() {
    Task(executorPreference: reactor) {
      await self.channel.waitDrained()
      self.channel.shutdownSending()
    }
  }

  /// The peer has answered the close frame: this side may end (RFC 6455 section 7.1.1).
  private func watchForClose(_ input: Span<UInt8>) {
    var index = 0
    while let event = try? stream?.codec?.next(input, at: &index) {
      if case .close = event { return endAfterDrain() }
    }
  }

  // MARK: Leaving in good order

  /// Tells the client to come back, after `delay` milliseconds.
  func announceDrain(delay: Int) {
    // Before the head it would stand where the status line must, and `welcome` is the first message.
    guard let stream, stream.hasHead else { return }
    if stream.isWebSocket {
      channel.push(WebSocketFrame.encode(.text, ServerMessage.encodeReconnect(delay: delay)))
    } else {
      channel.push(ServerSentEvents.retry(milliseconds: delay))
    }
  }

  /// Everything that was published for this client is on its way: nothing is read on from history, and what the rooms
  /// had taken has been pushed.
  func settle() async -> Bool {
    guard let stream else { return true }
    for subscription in stream.subscriptions { await worker.fanout.settle(subscription) }
    return stream.subscriptions.allSatisfy { !$0.isBehind }
  }

  /// Closes a stream because the node goes away.
  func endForDrain() {
    guard let stream else { return }
    if stream.isWebSocket { close(code: ErrorCode.draining.closeCode, reason: "draining") } else { endEventStream() }
  }
}
