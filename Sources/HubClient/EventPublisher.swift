public import HubIO
public import HubWire

/// Publishes events over HTTP, on one connection that is kept.
///
/// Every event has an idempotency key, its own or a generated one, so that a request whose answer was lost is sent
/// again and still published once. Events are published one after the other, in the order of the calls.
public actor EventPublisher {
  /// How hard it tries.
  public struct Options: Sendable {
    /// An API key that may publish, or a token; nil for a hub that lets anyone in.
    public var credential: Credential?
    /// How often one event is sent at most; of a stream, how many connections in a row may end without an answer to a
    /// line.
    public var tries = 5
    /// Of a stream: how many lines may be under way, sent and not answered, and how many bytes of them. They are kept, to
    /// be sent again.
    public var unansweredLines = 4_096
    public var unansweredBytes = 4 << 20
    /// The waits between.
    public var backoff = Backoff()
    /// How long a connection may take to stand, and the hub to answer.
    public var timeout = Duration.seconds(30)

    public init() {}
  }

  nonisolated let reactor: Reactor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  let url: HubURL
  let options: Options
  private var line: HTTPLine?
  private var isBusy = false
  private var waiting: [UnsafeContinuation<Void, Never>] = []

  public init(url: HubURL, options: Options = Options()) {
    self.url = url
    self.options = options
    reactor = ClientReactor.shared
  }

  /// Lets go of the connection; the next publish opens another one.
  public func close() {
    line?.wire.close()
    line = nil
  }

  isolated deinit {
    line?.wire.close()
  }

  /// Publishes one event.
  ///
  /// - Parameters:
  ///   - data: one JSON value.
  ///   - key: an idempotency key of the caller's, which lets this process be started again and still publish once.
  ///   - isEphemeral: not kept in the room's history.
  /// - Throws: once the hub refuses for good, or as often as it was tried.
  public nonisolated func publish(
    _ data: [UInt8], to room: RoomName, event: EventName = .message, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    var target = "/v1/rooms/\(PercentEncoding.encode(room.text))/events"
    var query: [String] = []
    if event != .message { query.append("event=\(PercentEncoding.encode(event.text))") }
    if isEphemeral { query.append("ephemeral=true") }
    if !query.isEmpty { target += "?" + query.joined(separator: "&") }
    let request = HTTPRequestHead(
      method: .post, target: target, host: url.hostField,
      fields: Credential.add(
        options.credential,
        to: [
          "Content-Type": "application/json", "Idempotency-Key": key ?? RandomKey.random(),
          "User-Agent": UserAgent.text,
        ])
    ).encode(body: data)
    return try await onReactor { () async throws(ClientError) in try await self.sendInTurn(request) }
  }

  /// Runs `body` in a task that stays on the reactor: one of the caller's would go through the global pool at every wait.
  nonisolated func onReactor<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    let task = Task(executorPreference: reactor) { () -> Result<Value, ClientError> in
      do throws(ClientError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    return try await task.value.get()
  }

  // MARK: Trying

  private func sendInTurn(_ request: [UInt8]) async throws(ClientError) -> PublishReceipt {
    await enter()
    defer { leave() }
    return try await send(request)
  }

  private func send(_ request: [UInt8]) async throws(ClientError) -> PublishReceipt {
    var backoff = options.backoff
    backoff.reset()
    var left = options.tries
    while true {
      let failure: ClientError
      var delay: Duration?
      left -= 1
      switch await exchange(request) {
      case .success(let answer):
        if answer.isSuccess { return try receipt(answer) }
        let refusal = answer.refusal
        failure = .refused(refusal)
        guard refusal.invitesRetry else { throw failure }
        delay = RetryAfter.read(answer.head.fields)
      case .failure(let error): failure = .unreachable(error.reason)
      }
      if left <= 0 { throw failure }
      await reactor.sleep(for: backoff.next(given: delay))
    }
  }

  private func receipt(_ answer: HTTPAnswer) throws(ClientError) -> PublishReceipt {
    do throws(HubError) {
      return try PublishReceipt(answer.body)
    } catch {
      throw .badAnswer("what answers is no hub: \(error.detail)")
    }
  }

  /// One request and its answer. A kept connection that was lost meanwhile costs no try.
  private func exchange(_ request: [UInt8]) async -> Result<HTTPAnswer, WireError> {
    var wasUsed = false
    do throws(WireError) {
      let line = try await openLine()
      wasUsed = line.isUsed
      line.wire.endAfterSilence(of: options.timeout)
      line.wire.send(request)
      let answer = try await line.answer()
      if answer.head.keepsAlive { line.wire.rest() } else { close() }
      return .success(answer)
    } catch {
      close()
      return wasUsed ? await exchange(request) : .failure(error)
    }
  }

  private func openLine() async throws(WireError) -> HTTPLine {
    if let line {
      if line.wire.isIdle { return line }
      close()
    }
    let opened = HTTPLine(wire: try await Wire.dial(url, on: reactor, within: options.timeout))
    line = opened
    return opened
  }

  // MARK: One at a time

  private func enter() async {
    guard isBusy else {
      isBusy = true
      return
    }
    await withUnsafeContinuation { waiting.append($0) }
  }

  private func leave() {
    if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
  }
}
