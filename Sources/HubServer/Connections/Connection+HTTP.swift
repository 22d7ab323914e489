import HubIO
import HubRooms
import HubWire

/// Requests and answers.
extension Connection {
  /// Serves requests until the connection ends or becomes a stream.
  func serveHTTP() async {
    guard case .http(let reader) = stage else { return }
    loop: while case .http = stage {
      // A client that sends requests and reads no answers gets no more of them.
      if !channel.outbox.admits(frames: 1, bytes: 0, limit: node.outboxLimit) { await channel.waitDrained() }
      switch nextStep(reader) {
      case .needsInput:
        await channel.waitReadable()
      case .expectsContinue:
        channel.push(HTTPResponse.goAhead)
      case .request(let exchange):
        setDeadline(.none, at: reactor.now)
        let router = router(reader)
        switch router.plan(exchange) {
        case .reply(.quiet(let response)): send(response, to: exchange, level: .debug)
        case let plan: await take(await router.reply(plan, exchange), exchange)
        }
        if case .http = stage {
          setDeadline(.idle, after: node.settings.keepAlive)
          if let proxy { clientAddress = proxy.address }
        }
      case .failed(let error, let status):
        failHTTP(error, status: status)
      case .body, .bodyEnd:
        preconditionFailure("a streamed body is read by its route")
      case nil:
        break loop
      }
    }
    if stream == nil { await linger() }
  }

  private func router(_ reader: HTTPReader) -> Router {
    let gate = Gate(worker: worker, reader: reader, channel: channel, refusal: refusal)
    return Router(connection: self, worker: worker, gate: gate)
  }

  /// How much of a body is read over so that the connection can be used again after a refusal.
  private static let overread = 64 << 10

  /// A request's head has arrived: finds out whether it is answered as it wishes. The body of one that is not is neither
  /// invited nor kept: strangers cost no memory.
  private func admit(_ exchange: Exchange, _ reader: HTTPReader) -> HTTPReader.Reading {
    if proxy != nil { noteClient(of: exchange.request) }
    router(reader).admit(exchange)
    let request = exchange.request
    if exchange.failure == nil { return PublishManyRoute.isStream(request) ? .parts : .whole }
    switch request.bodyLength {
    case .none: return .whole
    case .length(let length) where length <= Self.overread && !request.expectsContinue: return .nothing
    default: return .parts
    }
  }

  /// One synchronous step: what was held back, else what has arrived. Nil where the peer has ended.
  private func nextStep(_ reader: HTTPReader) -> HTTPReader.Step? {
    if reader.canResume {
      let step = reader.resume(now: reactor.now) { admit($0, reader) }
      if case .needsInput = step {} else { return step }
    }
    while true {
      switch channel.receive() {
      case .bytes(let count):
        let received = UnsafeRawBufferPointer(start: reactor.receiveBuffer.baseAddress, count: count)
        let step = received.withMemoryRebound(to: UInt8.self) { bytes in
          reader.receive(bytes.span, now: reactor.now) { admit($0, reader) }
        }
        guard case .needsInput = step else { return step }
        noteProgress(reader)
      case .nothing: return .needsInput
      case .end: return nil
      }
    }
  }

  /// A head or body has begun, or goes on.
  private func noteProgress(_ reader: HTTPReader) {
    if reader.isInBody {
      if deadline.kind != .body { setDeadline(.body, after: node.settings.body.time) }
    } else if !reader.isIdle, deadline.kind != .head {
      setDeadline(.head, after: node.settings.headers.time)
    }
  }

  /// Tells a client that waits with a streamed body to send it.
  func invite(_ request: HTTPRequest) {
    if request.expectsContinue { channel.push(HTTPResponse.goAhead) }
  }

  /// The next part of a streamed body; nil at its end. What is wrong with it is answered at once.
  func nextBodyPart() async throws(HubError) -> [UInt8]? {
    guard case .http(let reader) = stage else { return nil }
    while !reader.hasTimedOut {
      switch nextStep(reader) {
      case .needsInput:
        // Progress is what counts here: each wait gets the whole time, and what is done with a part takes none of it.
        setDeadline(.body, after: node.settings.body.time)
        await channel.waitReadable()
      case .expectsContinue: channel.push(HTTPResponse.goAhead)
      case .body(let part):
        setDeadline(.none, at: reactor.now)
        return part
      case .bodyEnd:
        setDeadline(.none, at: reactor.now)
        return nil
      case .failed(let error, _): throw error
      case .request: throw HubError(.internal, "a request began within another's body")
      case nil: throw HubError(.invalidRequest, "the body ended too early")
      }
    }
    throw HubError(.timeout, "the body did not go on within the limit (`body.time`)")
  }

  // MARK: Answers

  private func take(_ reply: Reply, _ exchange: Exchange) async {
    switch reply {
    case .response(let response): send(response, to: exchange, level: .info)
    case .quiet(let response): send(response, to: exchange, level: .debug)
    case .webSocket(var opening):
      if let refusal = countStream() { opening.purpose = .refuse(refusal) }
      worker.statistics.countAnswer(101)
      log(exchange, status: 101, level: .info)
      await beginWebSocket(opening)
    case .eventStream(let rooms, let grant, let sharing):
      do throws(HubError) {
        if let refusal = countStream() { throw refusal }
        try await beginEventStream(rooms, grant, sharing)
        worker.statistics.countAnswer(200)
        log(exchange, status: 200, level: .info)
      } catch {
        uncountStream()
        count(error.code)
        send(.problem(error, fields: sharing, trace: exchange.trace()), to: exchange, level: .info)
      }
    case .streamed:
      worker.statistics.countAnswer(200)
      log(exchange, status: 200, level: .debug)
      if !exchange.request.keepsAlive { stage = .closing }
    }
  }

  private func send(_ response: HTTPResponse, to exchange: Exchange, level: LogLevel) {
    let closes = refusal != nil || !exchange.request.keepsAlive || node.isDraining || hasUnreadBody
    var response = response
    if exchange.request.needsKeepAliveField, !closes { response.fields.append("Connection", "keep-alive") }
    channel.push(response.encode(closing: closes, headOnly: exchange.isHead, date: worker.dateField))
    if closes { stage = .closing }
    worker.statistics.countAnswer(response.status)
    log(exchange, status: response.status, level: level)
  }

  /// The answer came before the end of a streamed body: what is left of it cannot be told from a next request.
  private var hasUnreadBody: Bool {
    if case .http(let reader) = stage { reader.isInBody } else { false }
  }

  private func log(_ exchange: Exchange, status: Int, level: LogLevel) {
    guard node.log.isEnabled(status >= 500 ? .warning : level) else { return }
    node.log.request(
      method: exchange.request.method.text, path: exchange.request.path, status: status,
      duration: reactor.kernel.now() - exchange.received, trace: exchange.trace().traceID,
      peer: clientAddress.description, level: level)
  }

  /// Answers what cannot be answered as a request, and ends the connection.
  func failHTTP(_ error: HubError, status: Int) {
    count(error.code)
    let trace = TraceContext.of(parents: [], states: [])
    let response = HTTPResponse.problem(error, status: status, trace: trace)
    channel.push(response.encode(closing: true, headOnly: false, date: worker.dateField))
    worker.statistics.countAnswer(status)
    node.log.request(
      method: "-", path: "-", status: status, duration: .zero, trace: trace.traceID,
      peer: clientAddress.description)
    stage = .closing
    // Where a deadline ran out, the read task sleeps, and must see that it is over.
    channel.interruptRead()
  }

  /// Ends in good order: what was pushed is sent, this side's end is said, and what still arrives is dropped until the
  /// peer ends too, since closing with unread input would take the answer away from it.
  func linger() async {
    stage = .closing
    setDeadline(.linger, after: Self.lingerTime)
    await channel.waitDrained()
    channel.shutdownSending()
    loop: while true {
      switch channel.receive() {
      case .bytes: continue
      case .nothing: await channel.waitReadable()
      case .end: break loop
      }
    }
    finish()
  }
}

extension HTTPResponse {
  /// RFC 9110 section 15.2.1.
  static let goAhead: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
