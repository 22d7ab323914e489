import HubIO
import HubWire

/// Publishes events over HTTP, on one connection that is kept, and asks what else can be asked there.
///
/// Every event has an idempotency key, its own or a generated one, so that a request whose answer was lost is sent
/// again and still published once. Requests are sent one after the other, in the order of the calls.
actor EventPublisher {
  /// How hard it tries; ``Roomcast/Options`` says what each means.
  struct Options: Sendable {
    var tries: Int
    var unansweredLines: Int
    var unansweredBytes: Int
    var backoff: Backoff
    /// How long a connection may take to stand, a credential to come, and the hub to answer.
    var timeout: Duration

    init(_ options: Roomcast.Options = Roomcast.Options()) {
      tries = options.tries
      unansweredLines = options.unansweredLines
      unansweredBytes = options.unansweredBytes
      backoff = options.backoff
      timeout = options.answerTime
    }
  }

  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  let peer: HubPeer
  let options: Options
  private var line: HTTPLine?
  /// What the connection shows.
  private var secret: Secret?
  private var current: PublishTurn?
  private var waiting: [PublishTurn] = []
  private(set) var streams: [PublishStream] = []
  private var isClosed = false

  init(peer: HubPeer, options: Options = Options(), reactor: Reactor = ClientReactor.shared) {
    self.peer = peer
    self.options = options
    self.reactor = reactor
  }

  /// Fails whatever is under way, and all that comes.
  func close() {
    isClosed = true
    for turn in waiting + [current].compactMap({ $0 }) { turn.end(.closed) }
    for turn in waiting { turn.waiter?.resume() }
    waiting = []
    for stream in streams { stream.stop(.closed) }
    letGo()
  }

  isolated deinit {
    line?.wire.close()
  }

  /// Publishes one event; see ``Roomcast/publish(_:to:event:key:isEphemeral:)``.
  nonisolated func publish(
    _ data: [UInt8], to room: RoomName, event: EventName = .message, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    var target = "/v1/rooms/\(PercentEncoding.encode(room.text))/events"
    var query: [String] = []
    if event != .message { query.append("event=\(PercentEncoding.encode(event.text))") }
    if isEphemeral { query.append("ephemeral=true") }
    if !query.isEmpty { target += "?" + query.joined(separator: "&") }
    let fields: HTTPFields = ["Content-Type": "application/json", "Idempotency-Key": key ?? RandomKey.random()]
    let answer = try await ask(HubQuestion(post: target, fields: fields, body: data))
    return try ClientError.ofBadAnswer { () throws(HubError) in try PublishReceipt(answer.body) }
  }

  /// Asks until there is an answer.
  ///
  /// - Throws: once the hub refuses for good, or as often as it was tried.
  nonisolated func ask(_ question: HubQuestion) async throws(ClientError) -> HTTPAnswer {
    let turn = PublishTurn(reactor: reactor)
    return try await onReactor { () async throws(ClientError) in
      try await self.ask(question, in: turn)
    } onCancel: {
      await self.end(turn)
    }
  }

  /// Publishes many envelopes; see ``Roomcast/publish(lines:progress:)``.
  nonisolated func publish<Lines: AsyncSequence & Sendable>(
    lines: Lines, progress: @escaping @Sendable (StreamProgress) -> Void = { _ in }
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    let stream = PublishStream(peer: peer, options: options, reactor: reactor, progress: progress)
    return try await onReactor { () async throws(ClientError) in
      try await self.run(stream, lines)
    } onCancel: {
      stream.stop(.cancelled)
    }
  }

  private func run<Lines: AsyncSequence & Sendable>(
    _ stream: PublishStream, _ lines: Lines
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    if isClosed { throw .closed }
    streams.append(stream)
    let reading = Task(executorPreference: reactor) { await stream.read(lines) }
    defer {
      // Whoever waits for the next line when all is over waits for nothing.
      reading.cancel()
      stream.stop(.cancelled)
      streams.removeAll { $0 === stream }
    }
    return try await stream.run()
  }

  /// Runs `body` in a task that stays on the reactor: one of the caller's would go through the global pool at every wait.
  /// Whoever is cancelled does not wait for its end.
  private nonisolated func onReactor<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(ClientError) -> Value, onCancel: @escaping @Sendable () async -> Void
  ) async throws(ClientError) -> Value {
    let verdict = Verdict<Value>()
    let result = await withTaskCancellationHandler {
      Task(executorPreference: reactor) {
        do throws(ClientError) {
          verdict.settle(.success(try await body()))
        } catch {
          verdict.settle(.failure(error))
        }
      }
      return await verdict.get()
    } onCancel: {
      verdict.settle(.failure(.cancelled))
      Task(executorPreference: reactor) { await onCancel() }
    }
    return try result.get()
  }

  // MARK: One at a time

  private func ask(_ question: HubQuestion, in turn: PublishTurn) async throws(ClientError) -> HTTPAnswer {
    await enter(turn)
    defer { leave(turn) }
    return try await send(question, in: turn)
  }

  private func enter(_ turn: PublishTurn) async {
    if isClosed { return turn.end(.closed) }
    if turn.end != nil { return }
    guard current != nil else {
      current = turn
      return
    }
    waiting.append(turn)
    await withUnsafeContinuation { turn.waiter = $0 }
  }

  private func leave(_ turn: PublishTurn) {
    guard current === turn else { return }
    current = waiting.isEmpty ? nil : waiting.removeFirst()
    current?.waiter?.resume()
  }

  /// Nobody waits for the answer any more.
  private func end(_ turn: PublishTurn) {
    turn.end(.cancelled)
    if current === turn { return letGo() }
    guard let index = waiting.firstIndex(where: { $0 === turn }) else { return }
    waiting.remove(at: index)
    turn.waiter?.resume()
  }

  // MARK: Trying

  private func send(_ question: HubQuestion, in turn: PublishTurn) async throws(ClientError) -> HTTPAnswer {
    var backoff = options.backoff
    backoff.reset()
    var left = options.tries
    var hasRenewed = false
    while true {
      if let end = turn.end { throw end }
      let failure: ClientError
      var delay: Duration?
      left -= 1
      switch await exchange(question, in: turn) {
      case .success(let answer):
        if answer.isSuccess { return answer }
        let refusal = answer.refusal
        failure = .refused(refusal)
        if refusal.isTokenExpired, peer.credential?.isRenewable == true, !hasRenewed {
          hasRenewed = true
          letGo()
          continue
        }
        guard refusal.invitesRetry else { throw failure }
        delay = RetryAfter.read(answer.head.fields)
      case .failure(let error): failure = .unreachable(error.reason)
      }
      if let end = turn.end { throw end }
      if left <= 0 { throw failure }
      await turn.pause.wait(for: backoff.next(given: delay))
    }
  }

  /// One request and its answer. A kept connection that was lost meanwhile costs no try.
  private func exchange(_ question: HubQuestion, in turn: PublishTurn) async -> Result<HTTPAnswer, WireError> {
    var wasUsed = false
    do throws(WireError) {
      let line = try await openLine()
      // Nobody waits for it any more: then it must not be sent.
      if turn.end != nil { throw WireError(reason: "the request was given up") }
      wasUsed = line.isUsed
      line.wire.endAfterSilence(of: options.timeout)
      line.wire.send(question.request(to: peer.url, showing: secret))
      let answer = try await line.answer()
      if answer.head.keepsAlive { line.wire.rest() } else { letGo() }
      return .success(answer)
    } catch {
      letGo()
      return wasUsed && turn.end == nil ? await exchange(question, in: turn) : .failure(error)
    }
  }

  /// The connection, and what it shows: with a new one the credential is asked for anew.
  private func openLine() async throws(WireError) -> HTTPLine {
    if let line {
      if line.wire.isIdle { return line }
      letGo()
    }
    secret = try await peer.secret(on: reactor, within: options.timeout)
    let opened = HTTPLine(wire: try await peer.dial(on: reactor, within: options.timeout))
    line = opened
    return opened
  }

  private func letGo() {
    line?.wire.close()
    line = nil
  }
}
