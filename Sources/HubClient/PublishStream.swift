import HubIO
import HubWire

/// A stream of envelopes on its way to the hub, over as many connections as it takes. Touched on the reactor's thread only.
///
/// One task reads the lines into the ledger, another one holds the connection and takes the results out. What the ledger
/// has for this connection is sent at once: its bounds are those of the outbox.
final class PublishStream: @unchecked Sendable {
  /// What the source of lines has done.
  private enum Input {
    case open
    case ended
    case failed(String)
  }

  /// Why a connection ended before all was said.
  private struct Interruption {
    let error: ClientError
    /// What the hub asked for.
    var delay: Duration?
    /// The connection stood.
    var wasConnected = true
  }

  private let peer: HubPeer
  private let options: EventPublisher.Options
  private let reactor: Reactor
  private let progress: @Sendable (StreamProgress) -> Void
  private var ledger: LineLedger
  private var input = Input.open
  private var wire: Wire?
  /// The end of the lines was sent on this connection.
  private var isEndSent = false
  /// Since when an answer is due, where one is.
  private var dueSince: Moment
  /// Why it does not go on.
  private var stopped: ClientError?
  /// The wait before the next connection.
  private let pause: Pause
  /// The last connection was refused because its token had expired: a fresh one is tried once.
  private var hasRenewed = false
  /// Waits for room in the ledger, or for a line in it.
  private var reader: UnsafeContinuation<Void, Never>?
  private var connector: UnsafeContinuation<Void, Never>?

  /// The hub gives up a body that does not go on. A blank before the next line is progress, and changes nothing.
  private static let restlessness = Duration.seconds(10)
  private static let blank = HTTPChunk.encode([UInt8(ascii: " ")])

  init(
    peer: HubPeer, options: EventPublisher.Options, reactor: Reactor,
    progress: @escaping @Sendable (StreamProgress) -> Void
  ) {
    self.peer = peer
    self.options = options
    self.reactor = reactor
    self.progress = progress
    ledger = LineLedger(maximumLines: options.unansweredLines, maximumBytes: options.unansweredBytes)
    dueSince = reactor.now
    pause = Pause(reactor: reactor)
  }

  // MARK: Lines

  /// Reads the lines to their end, no faster than the hub answers them.
  func read<Lines: AsyncSequence>(_ lines: Lines) async where Lines.Element == [UInt8] {
    do {
      for try await line in lines {
        ledger.add(line)
        send()
        wake(&connector)
        while ledger.isFull, stopped == nil { await withUnsafeContinuation { reader = $0 } }
        if stopped != nil { return }
      }
      input = .ended
    } catch {
      input = .failed("the lines end too early: \(error)")
      wire?.channel.close()
    }
    send()
    wake(&connector)
  }

  /// Nothing more is read or sent.
  func stop(_ error: ClientError) {
    stopped = stopped ?? error
    wire?.close()
    pause.end()
    wake(&reader)
    wake(&connector)
  }

  private func wake(_ waiter: inout UnsafeContinuation<Void, Never>?) {
    guard let waiting = waiter else { return }
    waiter = nil
    waiting.resume()
  }

  /// Sends what this connection has not got.
  private func send() {
    guard let wire, !isEndSent else { return }
    if !ledger.isAnswerDue { dueSince = reactor.now }
    while let line = ledger.takeNext() { wire.send(HTTPChunk.encode(line)) }
    guard case .ended = input else { return }
    isEndSent = true
    wire.endAfterSilence(of: options.timeout)
    wire.send(HTTPChunk.last)
  }

  // MARK: Connections

  /// - Returns: once every line is answered.
  func run() async throws(ClientError) -> StreamReport {
    var backoff = options.backoff
    backoff.reset()
    var failures = 0
    while true {
      let settled = ledger.settled
      guard let interruption = try await connect() else { return ledger.report }
      if let stopped { throw stopped }
      if case .failed(let reason) = input { throw .input(reason) }
      if ledger.settled > settled {
        failures = 0
        backoff.reset()
      }
      // Where nothing was under way, nothing has failed: the next line will have a connection of its own.
      if !ledger.isEmpty || !interruption.wasConnected {
        failures += ledger.settled > settled ? 0 : 1
        if failures >= options.tries { throw given(up: interruption.error) }
        announce(interruption.error)
        await pause.wait(for: backoff.next(given: interruption.delay))
      }
      guard try await hasLine() else { return ledger.report }
      ledger.beginAgain()
    }
  }

  private func announce(_ error: ClientError) {
    var now = ledger.progress
    now.trouble = "\(error)"
    progress(now)
  }

  private func given(up error: ClientError) -> ClientError {
    guard case .unreachable(let reason) = error else { return error }
    return .unreachable("\(reason), after \(ledger.report.accepted) events were accepted")
  }

  /// Waits for a line that needs a connection.
  ///
  /// - Returns: false where none comes any more.
  private func hasLine() async throws(ClientError) -> Bool {
    while true {
      if let stopped { throw stopped }
      if case .failed(let reason) = input { throw .input(reason) }
      if !ledger.isEmpty { return true }
      if case .ended = input { return false }
      await withUnsafeContinuation { connector = $0 }
    }
  }

  /// One connection.
  ///
  /// - Returns: nil once every line is answered, or why another connection may do better.
  /// - Throws: where none would.
  private func connect() async throws(ClientError) -> Interruption? {
    let wire: Wire
    do throws(WireError) {
      let secret = try await peer.secret(on: reactor, within: options.timeout)
      wire = try await peer.dial(on: reactor, within: options.timeout)
      if let stopped {
        wire.close()
        return Interruption(error: stopped, wasConnected: false)
      }
      begin(on: wire, showing: secret)
    } catch {
      return Interruption(error: .unreachable(error.reason), wasConnected: false)
    }
    defer {
      self.wire = nil
      wire.close()
    }
    // Meanwhile there was no connection that it could have ended.
    if case .failed(let reason) = input { throw .input(reason) }
    var answer = Answer()
    let head: HTTPResponseHead
    do throws(WireError) {
      head = try await HTTPLine(wire: wire).answer { (head, part) throws(WireError) in
        try take(part, of: head, &answer)
      }
    } catch {
      if let failure = answer.failure { throw failure }
      return Interruption(error: answer.refusal.map { .refused($0) } ?? .unreachable(error.reason))
    }
    return try end(head, answer)
  }

  private func begin(on wire: Wire, showing secret: Secret?) {
    self.wire = wire
    isEndSent = false
    let head = HTTPRequestHead(
      method: .post, target: "/v1/events?results=each&stop=temporary", host: peer.url.hostField,
      fields: Secret.add(
        secret, to: ["Content-Type": "application/x-ndjson", "User-Agent": UserAgent.text]))
    wire.send(head.encodeChunkedHead())
    wire.hold(
      every: min(Self.restlessness, options.timeout), sending: { Self.blank }, answerWithin: options.timeout,
      dueSince: { [unowned self] in ledger.isAnswerDue ? dueSince : nil })
    send()
  }

  // MARK: The answer

  /// What a connection has answered so far.
  private struct Answer {
    var results = ResultLines()
    /// The body of an answer that is no stream of results.
    var problem: [UInt8] = []
    /// Why this connection does not go on.
    var refusal: Refusal?
    /// Why no connection would do better.
    var failure: ClientError?
    var hasReport = false

    static let maximumProblem = 1 << 20
  }

  private func take(_ part: Span<UInt8>, of head: HTTPResponseHead, _ answer: inout Answer) throws(WireError) {
    guard head.status == 200 else {
      answer.problem.append(part)
      guard answer.problem.count <= Answer.maximumProblem else { throw WireError(reason: "the answer is too long") }
      return
    }
    hasRenewed = false
    do throws(HubError) {
      for line in try answer.results.take(part) { try take(line, &answer) }
    } catch {
      answer.failure = .badAnswer("what answers is no hub: \(error.detail)")
    }
    wake(&reader)
    progress(ledger.progress)
    guard answer.failure == nil, answer.refusal == nil else { throw WireError(reason: "the connection is of no use") }
  }

  private func take(_ line: ResultLine, _ answer: inout Answer) throws(HubError) {
    if case .report = line { answer.hasReport = true }
    if answer.hasReport || answer.refusal != nil { return }
    answer.refusal = try ledger.take(line)
    if let refusal = answer.refusal, !refusal.invitesRetry { answer.failure = .refused(refusal) }
  }

  private func end(_ head: HTTPResponseHead, _ answer: Answer) throws(ClientError) -> Interruption? {
    guard head.status == 200 else {
      let refusal = Refusal(status: head.status, body: answer.problem)
      let mayRenew = refusal.isTokenExpired && peer.credential?.isRenewable == true && !hasRenewed
      guard refusal.invitesRetry || mayRenew else { throw .refused(refusal) }
      hasRenewed = mayRenew
      return Interruption(error: .refused(refusal), delay: RetryAfter.read(head.fields))
    }
    if answer.hasReport, isEndSent, ledger.isEmpty { return nil }
    throw .badAnswer("the hub ended its answer before every event was answered")
  }
}
