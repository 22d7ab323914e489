import HubIO
import HubWire

/// A client's WebSocket, over all its connections: an actor on the clients' reactor.
///
/// One task runs it: dial, shake hands, read, and after a loss wait and begin again. It reads only while the consumer
/// keeps up: what is not read stays with the hub, which serves it from history when there is room again.
actor Link {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated let mailbox: Mailbox<ClientEvent>

  private let url: HubURL
  private let credential: Credential?
  private let timeouts: RoomClient.Timeouts
  private let pause: Pause
  private var backoff: Backoff
  private var roomBackoff: Backoff
  private var ledger: RoomLedger
  private var wire: Wire?
  private var isClosing = false
  private var isAskingLater = false
  /// When the hub's welcome came.
  private var welcomed: Moment?
  /// Until when the hub asks to stay away.
  private var awayUntil: Moment?
  /// How long the hub may be silent.
  private var silence = Duration.zero

  init(
    url: HubURL, credential: Credential?, rooms: [(name: RoomName, after: ResumePoint?)], backoff: Backoff,
    timeouts: RoomClient.Timeouts, bufferedBytes: Int, reactor: Reactor
  ) {
    self.url = url
    self.credential = credential
    self.timeouts = timeouts
    self.backoff = backoff
    self.reactor = reactor
    roomBackoff = backoff
    ledger = RoomLedger(rooms)
    pause = Pause(reactor: reactor)
    mailbox = Mailbox(limit: bufferedBytes)
  }

  /// Runs until the hub refuses for good or ``close()`` is called.
  func run() async {
    while !isClosing {
      let end = await connection()
      if isClosing { break }
      guard end.comesBack else {
        tell(.closed(code: end.code, reason: end.reason))
        break
      }
      let delay = backoff.next(given: end.delay)
      tell(.disconnected(reason: end.reason, retryIn: delay))
      await pause.wait(for: delay)
    }
    mailbox.finish()
  }

  /// Ends it: a farewell is sent, and nothing more is delivered.
  func close() {
    isClosing = true
    mailbox.finish()
    pause.end()
    guard let wire else { return }
    if welcomed != nil { sendClose(wire, code: 1000) }
    wire.close()
  }

  private func tell(_ event: ClientEvent) {
    mailbox.put([event], weight: event.weight)
  }

  // MARK: One connection

  private func connection() async -> LinkEnd {
    do throws(WireError) {
      let wire = try await Wire.dial(url, on: reactor, within: timeouts.connect)
      defer { wire.close() }
      if isClosing { return .lost("closed") }
      self.wire = wire
      let end = await serve(wire)
      self.wire = nil
      return settle(end)
    } catch {
      return .lost(error.reason)
    }
  }

  /// What the connection's end means for the next one.
  private func settle(_ end: LinkEnd) -> LinkEnd {
    var end = end
    if let lastError = ledger.lastError, end.code != nil { end.reason = "\(lastError) (\(end.reason))" }
    if let awayUntil { end.delay = max(.zero, awayUntil - reactor.now) }
    if let welcomed, reactor.now - welcomed >= timeouts.proving { backoff.reset() }
    ledger.connectionEnded()
    welcomed = nil
    awayUntil = nil
    return end
  }

  private func serve(_ wire: Wire) async -> LinkEnd {
    let handshake = WebSocketClientHandshake(
      host: url.hostField, target: "/v1/ws", subprotocols: ["roomcast.v1"],
      fields: Credential.add(credential, to: ["User-Agent": UserAgent.text]))
    var stream = WebSocketStream(handshake: handshake)
    silence = timeouts.connect
    wire.endAfterSilence(of: silence)
    wire.send(handshake.request)
    while true {
      do throws(LinkEnd) {
        switch try read(wire, &stream) {
        case .result: if mailbox.isFull { await holdBack(wire) }
        case .nothing: await wire.channel.waitReadable()
        case .end: return wire.fellSilent ? silent : stream.receivedEnd()
        }
      } catch {
        return error
      }
    }
  }

  private var silent: LinkEnd { .lost("nothing came for \(Int(silence.inSeconds)) s") }

  /// The consumer lags: nothing is read until it has caught up. Unasked pongs (RFC 6455 section 5.5.3) tell the hub,
  /// whose pings are not read either, that this side is alive.
  private func holdBack(_ wire: Wire) async {
    wire.hold(every: silence / 3) { WebSocketFrame.encode(.pong, [], mask: Mask.random()) }
    await mailbox.waitForRoom()
    wire.endAfterSilence(of: silence)
  }

  private func read(_ wire: Wire, _ stream: inout WebSocketStream) throws(LinkEnd) -> Wire.Received<Void> {
    var incoming: [WebSocketStream.Incoming] = []
    var end: LinkEnd?
    let received = wire.receive { bytes in
      do throws(LinkEnd) {
        try stream.receive(bytes, into: &incoming)
      } catch {
        end = error
      }
    }
    try take(incoming, wire)
    if let end { throw end }
    return received
  }

  // MARK: What comes

  private func take(_ incoming: [WebSocketStream.Incoming], _ wire: Wire) throws(LinkEnd) {
    var events: [ClientEvent] = []
    defer { mailbox.put(events, weight: events.reduce(0) { $0 + $1.weight }) }
    for incoming in incoming {
      switch incoming {
      case .opened: break
      case .message(let message): try take(message, wire, &events)
      case .ping(let payload): wire.send(WebSocketFrame.encode(.pong, payload, mask: Mask.random()))
      case .closed(let code, let reason):
        sendClose(wire, code: code)
        throw .closed(code: code, reason: reason)
      }
    }
  }

  private func take(_ message: [UInt8], _ wire: Wire, _ events: inout [ClientEvent]) throws(LinkEnd) {
    let steps: [RoomLedger.Step]
    do throws(HubError) {
      steps = try ledger.receive(message)
    } catch {
      sendClose(wire, code: 1002)
      throw .lost("the hub said what no hub says: \(error.detail)")
    }
    for step in steps {
      switch step {
      case .tell(let event):
        if case .subscribed = event { roomBackoff.reset() }
        events.append(event)
      case .send(let json): send(json, wire)
      case .welcomed(let ping):
        welcomed = reactor.now
        silence = .seconds(ping) + timeouts.pong
        wire.endAfterSilence(of: silence)
      case .comeBack(let delay): awayUntil = reactor.now + delay
      case .askLater: askLater(wire)
      case .nothingLeft(let reason):
        sendClose(wire, code: 1000)
        throw .final(reason)
      }
    }
  }

  /// Asks once more, after a while, for the rooms that were refused for now.
  private func askLater(_ wire: Wire) {
    if isAskingLater { return }
    isAskingLater = true
    let delay = roomBackoff.next()
    Task(executorPreference: reactor) { await self.askAgain(wire, after: delay) }
  }

  private func askAgain(_ wire: Wire, after delay: Duration) async {
    await reactor.sleep(for: delay)
    isAskingLater = false
    // A new connection has asked already.
    guard self.wire === wire else { return }
    for json in ledger.requests() { send(json, wire) }
  }

  private func send(_ json: [UInt8], _ wire: Wire) {
    wire.send(WebSocketFrame.encode(.text, json, mask: Mask.random()))
  }

  /// The last frame of this side, sent at once: the connection is closed next.
  private func sendClose(_ wire: Wire, code: UInt16?) {
    let mask = Mask.random()
    wire.send(
      code.map { WebSocketFrame.close(code: $0, reason: "", mask: mask) }
        ?? WebSocketFrame.closeWithoutCode(mask: mask))
    if !wire.channel.isBlocked { wire.channel.flush() }
  }
}

/// Keys that cannot be foreseen (RFC 6455 section 5.3).
enum Mask {
  static func random() -> UInt32 { UInt32.random(in: .min ... .max) }
}

/// How clients call themselves.
enum UserAgent {
  static let text = "roomcast-swift"
}
