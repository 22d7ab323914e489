import HubIO
import HubWire

/// A client's WebSocket, over all its connections: an actor on the clients' reactor.
///
/// One task runs it while somebody listens: dial, shake hands, read, and after a loss wait and begin again. What comes goes
/// to the ``Feed`` of each who listens. One that is full holds up nothing but its own rooms: they are left, and resumed
/// when it has room.
actor Link {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated let states = StateBoard()

  private let peer: HubPeer
  private let options: Roomcast.Options
  private let pause: Pause
  private var backoff: Backoff
  private var roomBackoff: Backoff
  private var ledger = RoomLedger()
  private var progress = ConnectionStates()
  private(set) var feeds: [Feed] = []
  private var wire: Wire?
  private var isRunning = false
  private var isClosing = false
  private var isAskingLater = false
  private let laterPause: Pause
  /// What gets a fresh token for the connection that stands, and waits between its tries.
  private var refreshing: Task<Void, Never>?
  private var refreshPause: Pause?
  /// Why there was none.
  private var refreshTrouble: String?
  private var running: Task<Void, Never>?
  /// When the hub's welcome came, and what it said.
  private var welcomed: Moment?
  private var welcome: ClientEvent?
  /// Until when the hub asks to stay away.
  private var awayUntil: Moment?
  /// How long the hub may be silent.
  private var silence = Duration.zero

  init(peer: HubPeer, options: Roomcast.Options, reactor: Reactor) {
    self.peer = peer
    self.options = options
    self.reactor = reactor
    backoff = options.backoff
    roomBackoff = options.backoff
    pause = Pause(reactor: reactor)
    laterPause = Pause(reactor: reactor)
  }

  // MARK: Who listens

  /// Brings what happens in these rooms to `feed` from now on.
  func join(_ feed: Feed, _ wishes: [RoomWish]) {
    if isClosing { return feed.finish(.closed) }
    feeds.append(feed)
    feed.collect(.state(progress.state))
    if let welcome { feed.collect(welcome) }
    for wish in wishes {
      ledger.add(wish)
      guard let position = ledger.position(of: wish.name.text) else { continue }
      feed.collect(.subscribed(room: wish.name.text, position: position, recovered: nil))
    }
    ask()
    settleFeeds()
    if isRunning { return }
    isRunning = true
    running = Task(executorPreference: reactor) { await self.run() }
  }

  /// Brings nothing more, and leaves the rooms that nobody else listens to.
  func leave(_ feed: Feed) {
    feed.finish()
    guard let index = feeds.firstIndex(where: { $0 === feed }) else { return }
    feeds.remove(at: index)
    for room in feed.rooms {
      if feeds.contains(where: { $0.rooms.contains(room) }) { continue }
      for json in ledger.remove(room) { say(json) }
    }
    release(feed)
    settleFeeds()
  }

  /// What had filled `feed` was taken.
  func taken(from feed: Feed) {
    if !feed.isHeld || feed.isFull { return }
    release(feed)
    settleFeeds()
  }

  /// Who is in a room, as far as it was told.
  func members(of room: String) -> [Member] { ledger.members(of: room) }

  private func release(_ feed: Feed) {
    feed.release()
    if !feeds.contains(where: { $0.isHeld && $0.kind == .everything }) { ledger.resumeGiven() }
    for room in feed.rooms where !feeds.contains(where: { $0.isHeld && $0.rooms.contains(room) }) {
      ledger.resume(room)
    }
    ask()
  }

  private func hold(_ feed: Feed) {
    if feed.isHeld { return }
    feed.hold()
    for room in feed.rooms { for json in ledger.pause(room) { say(json) } }
    if feed.kind == .everything { for json in ledger.pauseGiven() { say(json) } }
  }

  /// Notes an event for whom it is about. What happens in a room that nobody has asked for is told with everything.
  private func collect(_ event: ClientEvent) {
    let room = event.room
    var isTaken = false
    for feed in feeds where room.map(feed.rooms.contains) ?? true {
      isTaken = true
      feed.collect(event)
    }
    if isTaken { return }
    for feed in feeds where feed.kind == .everything { feed.collect(event) }
  }

  /// Brings what was noted, and shows the state that follows from it.
  private func settleFeeds() {
    let before = progress.state
    progress.progressed(isUpToDate: ledger.isUpToDate)
    show(insteadOf: before)
    for feed in feeds where feed.deliver() { hold(feed) }
  }

  private func change(_ body: (inout ConnectionStates) -> Void) {
    let before = progress.state
    body(&progress)
    show(insteadOf: before)
    settleFeeds()
  }

  private func show(insteadOf before: ConnectionState) {
    guard progress.state != before else { return }
    states.show(progress.state)
    collect(.state(progress.state))
  }

  private func end(_ room: String, _ refusal: Refusal) {
    for feed in feeds where feed.rooms.remove(room) != nil {
      if feed.kind == .room {
        end(feed, .refused(refusal))
      } else if feed.rooms.isEmpty {
        feed.collect(.closed(code: nil, reason: "\(refusal)"))
        end(feed, nil)
      }
    }
  }

  private func end(_ feed: Feed, _ failure: ClientError?) {
    feed.finish(failure)
    feeds.removeAll { $0 === feed }
  }

  // MARK: All connections

  /// Connects and comes back until the hub refuses for good or ``close()`` is called. Where nobody listens any more the
  /// connection that stands is kept for the next one who does, and none is made after it.
  private func run() async {
    while !isClosing, !feeds.isEmpty {
      change { $0.connects() }
      let end = await connection()
      if isClosing { break }
      guard end.isTokenExpired ? peer.credential?.isRenewable == true : end.comesBack else {
        giveUp(end)
        break
      }
      let delay = backoff.next(given: end.delay)
      change { $0.ended(reason: end.reason, retryIn: feeds.isEmpty ? nil : delay) }
      if feeds.isEmpty { break }
      await pause.wait(for: delay)
    }
    isRunning = false
    if case .offline(let reason, _?) = progress.state { change { $0.ended(reason: reason, retryIn: nil) } }
  }

  private func giveUp(_ end: LinkEnd) {
    change { $0.ended(reason: end.reason, retryIn: nil) }
    collect(.closed(code: end.code, reason: end.reason))
    for feed in feeds { self.end(feed, end.error) }
    ledger = RoomLedger()
  }

  /// Ends it: a farewell is sent, and nothing more is delivered.
  func close() {
    if isClosing { return }
    isClosing = true
    for feed in feeds { feed.finish() }
    feeds = []
    change { $0.ended(reason: "the client was closed", retryIn: nil) }
    states.finish()
    pause.end()
    laterPause.end()
    running?.cancel()
    guard let wire else { return }
    if welcomed != nil { sendClose(wire, code: 1000) }
    wire.close()
  }

  // MARK: One connection

  private func connection() async -> LinkEnd {
    do throws(WireError) {
      let secret = try await peer.secret(on: reactor, within: options.patience)
      if isClosing { return .lost("closed") }
      let wire = try await peer.dial(on: reactor, within: options.patience)
      defer { wire.close() }
      if isClosing { return .lost("closed") }
      self.wire = wire
      let end = await serve(wire, secret)
      self.wire = nil
      return settle(end)
    } catch {
      return .lost(error.reason)
    }
  }

  /// What the connection's end means for the next one.
  private func settle(_ end: LinkEnd) -> LinkEnd {
    var end = end
    if let lastError = ledger.lastError, end.code != nil {
      end.reason = "\(lastError) (\(end.reason))"
      end.refusal = lastError
    }
    if let refreshTrouble, end.isTokenExpired { end.reason += "; there was no fresh token: \(refreshTrouble)" }
    stopRefreshing()
    if let awayUntil { end.delay = max(.zero, awayUntil - reactor.now) }
    if let welcomed, reactor.now - welcomed >= options.proving { backoff.reset() }
    ledger.connectionEnded()
    welcomed = nil
    welcome = nil
    awayUntil = nil
    return end
  }

  private func serve(_ wire: Wire, _ secret: Secret?) async -> LinkEnd {
    let handshake = WebSocketClientHandshake(
      host: peer.url.hostField, target: "/v1/ws", subprotocols: ["roomcast.v1"],
      fields: Secret.add(secret, to: ["User-Agent": UserAgent.text]))
    var stream = WebSocketStream(handshake: handshake)
    silence = options.patience
    wire.endAfterSilence(of: silence)
    wire.send(handshake.request)
    while true {
      do throws(LinkEnd) {
        switch try read(wire, &stream) {
        case .result: break
        case .nothing: await wire.channel.waitReadable()
        case .end: return lost(wire, &stream)
        }
      } catch {
        return error
      }
    }
  }

  private func lost(_ wire: Wire, _ stream: inout WebSocketStream) -> LinkEnd {
    if wire.fellSilent { return .lost("nothing came for \(Int(silence.inSeconds)) s") }
    if let problem = wire.channel.tls?.failure { return .lost("cannot connect to \(peer.url): \(problem)") }
    return stream.receivedEnd()
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
    defer { settleFeeds() }
    for incoming in incoming {
      switch incoming {
      case .opened: break
      case .message(let message): try take(message, wire)
      case .ping(let payload): wire.send(WebSocketFrame.encode(.pong, payload, mask: Mask.random()))
      case .closed(let code, let reason):
        sendClose(wire, code: code)
        throw .closed(code: code, reason: reason)
      }
    }
  }

  private func take(_ message: [UInt8], _ wire: Wire) throws(LinkEnd) {
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
        if case .connected = event { welcome = event }
        collect(event)
      case .send(let json): send(json, wire)
      case .welcomed(let ping):
        welcomed = reactor.now
        progress.welcomed()
        silence = .seconds(ping) + options.patience
        wire.askAfterSilence(of: .seconds(ping), endingAfter: options.patience) {
          WebSocketFrame.encode(.text, ClientMessage.ping(id: nil).encode(), mask: Mask.random())
        }
      case .comeBack(let delay): awayUntil = reactor.now + delay
      case .askLater: askLater(wire)
      case .tokenExpired: showFreshToken(wire)
      case .ended(let room, let refusal): end(room, refusal)
      }
    }
  }

  /// Asks once more, after a while, for the rooms that were refused for now.
  private func askLater(_ wire: Wire) {
    if isAskingLater { return }
    isAskingLater = true
    let delay = roomBackoff.next()
    Task(executorPreference: reactor) { await self.askAgain(after: delay) }
  }

  private func askAgain(after delay: Duration) async {
    await laterPause.wait(for: delay)
    isAskingLater = false
    ask()
  }

  /// The hub keeps the connection for a while after its token has ended; without another one it closes.
  private func showFreshToken(_ wire: Wire) {
    guard let credential = peer.credential, credential.isRenewable, refreshing == nil else { return }
    refreshing = Task(executorPreference: reactor) { await self.showFreshToken(of: credential, wire) }
  }

  /// Asks until there is one, or the connection has ended.
  private func showFreshToken(of credential: Credential, _ wire: Wire) async {
    let pause = Pause(reactor: reactor)
    refreshPause = pause
    var backoff = options.backoff
    while self.wire === wire {
      do throws(CredentialError) {
        let secret = try await credential.get(on: reactor, within: options.patience)
        guard self.wire === wire else { return }
        send(ledger.auth(secret.text), wire)
        return stopRefreshing()
      } catch {
        guard self.wire === wire else { return }
        refreshTrouble = error.description
        await pause.wait(for: backoff.next())
      }
    }
  }

  private func stopRefreshing() {
    refreshing?.cancel()
    refreshPause?.end()
    refreshing = nil
    refreshPause = nil
    refreshTrouble = nil
  }

  // MARK: Saying

  /// Asks for the rooms that were not asked for yet, once there is whom to ask.
  private func ask() {
    if welcomed == nil || isClosing { return }
    for json in ledger.requests() { say(json) }
  }

  private func say(_ json: [UInt8]) {
    if let wire, welcomed != nil { send(json, wire) }
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
