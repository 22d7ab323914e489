import HubIO
import HubRooms
import HubWire

/// A body of envelopes, one a line (`application/x-ndjson`), of any length, in constant memory.
struct LineStream {
  let connection: Connection
  let worker: Worker
  let publisher: EnvelopePublisher
  /// Fields that let a page of another origin read the answer.
  let sharing: HTTPFields

  /// What one report holds at most.
  private static let reportedErrors = 100
  private static let reportedRooms = 100

  /// What is told after the last line.
  private struct Report {
    var accepted = 0
    var failed = 0
    /// Of those that were accepted, the ones that an engine which is away has not got.
    var queued = 0
    var local = 0
    var errors: [[UInt8]] = []
    var last: [(room: String, position: Position)] = []

    mutating func note(_ result: EnvelopeResult, line: Int) {
      switch result {
      case .taken(let room, let publication):
        accepted += 1
        switch publication.fallback {
        case .queued: queued += 1
        case .local: local += 1
        case nil: break
        }
        if let position = publication.position { note(room.text, position) }
      case .refused(let error, _):
        failed += 1
        guard errors.count < LineStream.reportedErrors else { return }
        errors.append(
          JSONWriter.object(capacity: 128) { json in
            json.member("line", line)
            json.member("code", error.code.rawValue)
            json.member("detail", error.detail)
            json.member("temporary", error.code.isTemporary)
          })
      }
    }

    private mutating func note(_ room: String, _ position: Position) {
      if let index = last.firstIndex(where: { $0.room == room }) {
        last[index].position = position
      } else if last.count < LineStream.reportedRooms {
        last.append((room, position))
      }
    }

    var json: [UInt8] {
      JSONWriter.object(capacity: 256) { json in
        json.member("accepted", accepted)
        json.member("failed", failed)
        if queued > 0 { json.member("queued", queued) }
        if local > 0 { json.member("local", local) }
        json.key("errors")
        json.beginArray()
        for error in errors { json.raw(error) }
        json.endArray()
        json.key("last")
        json.beginObject()
        for (room, position) in last {
          json.key(room)
          json.position(position)
        }
        json.endObject()
      }
    }
  }

  func reply(to exchange: Exchange) async throws(HubError) -> Reply {
    let query = try HTTPQuery(exchange.request.query)
    await connection.invite(exchange.request)
    switch try LineAnswer(query) {
    case .each(let stops): return try await streamResults(exchange, stops: stops)
    case .summary: return .quiet(.json(200, try await publishAll(stops: false, each: { _, _ in }).report))
    }
  }

  /// Publishes what has arrived, again and again; `each` is called with every result, and the report comes back.
  ///
  /// - Parameter stops: whether a line that is refused for now is the last that is answered: whoever sends it again, and
  ///   what is behind it, keeps the order.
  /// - Returns: whether all lines were answered, and the report.
  private func publishAll(
    stops: Bool, each: (EnvelopeResult, LineSplitter.Line) async -> Void
  ) async throws(HubError) -> (isWhole: Bool, report: [UInt8]) {
    var report = Report()
    var lines = LineSplitter(limit: worker.node.settings.body.bytes)
    while let part = try await connection.nextBodyPart() {
      let wasTaken = await publish(lines.take(part), stops, &report, each)
      if !wasTaken { return (false, report.json) }
    }
    if let line = lines.takeRest() {
      let wasTaken = await publish([line], stops, &report, each)
      if !wasTaken { return (false, report.json) }
    }
    return (true, report.json)
  }

  /// - Returns: false where it stopped at a line that is refused for now.
  private func publish(
    _ lines: [LineSplitter.Line], _ stops: Bool, _ report: inout Report,
    _ each: (EnvelopeResult, LineSplitter.Line) async -> Void
  ) async -> Bool {
    for (line, results) in zip(lines, await publisher.publish(lines.map(value), stops: stops)) {
      var wasTaken = true
      for result in results {
        report.note(result, line: line.number)
        await each(result, line)
        if result.isTemporary { wasTaken = false }
      }
      if stops, !wasTaken { return false }
    }
    return true
  }

  private func value(_ line: LineSplitter.Line) -> Result<JSONValue, HubError> {
    Result { () throws(HubError) in
      guard let line = line.bytes else {
        let limit = worker.node.settings.body.bytes
        throw HubError(.payloadTooLarge, "the line is longer than the limit of \(limit) bytes (`body.bytes`)")
      }
      return try JSONValue(parsing: line, maximumDepth: JSONScanner.maximumDepth + 1)
    }
  }

  /// A result a line as it comes, for clients that read while they write.
  private func streamResults(_ exchange: Exchange, stops: Bool) async throws(HubError) -> Reply {
    guard exchange.request.minorVersion >= 1 else {
      throw HubError(.invalidRequest, "`results=each` needs HTTP/1.1, whose answers can be of any length")
    }
    await connection.beginResults(HTTPResponse.resultsHead(sharing, date: worker.dateField))
    do throws(HubError) {
      let (isWhole, report) = try await publishAll(stops: stops) { result, line in
        await connection.sendResult(json(result, of: line, exchange) + [UInt8(ascii: "\n")])
      }
      guard isWhole else {
        await connection.endResults(closing: true)
        return .streamed
      }
      await connection.sendResult(report + [UInt8(ascii: "\n")])
    } catch {
      // The head is gone: the error is the last line, and the connection ends because the body was not read to its end.
      worker.count(error.code)
      await connection.sendResult(problem(error, of: .stream, exchange) + [UInt8(ascii: "\n")])
      await connection.endResults(closing: true)
      return .streamed
    }
    await connection.endResults(closing: false)
    return .streamed
  }

  /// A line that was not read has one result, whatever rooms it names, and says so.
  private func json(_ result: EnvelopeResult, of line: LineSplitter.Line, _ exchange: Exchange) -> [UInt8] {
    if line.bytes == nil, case .refused(let error, _) = result { return problem(error, of: .line, exchange) }
    return result.json(trace: exchange)
  }

  private func problem(_ error: HubError, of scope: ProblemScope, _ exchange: Exchange) -> [UInt8] {
    ProblemDetails.encode(
      error: error, status: error.code.status, traceID: exchange.trace().traceID.description, scope: scope)
  }
}

extension HTTPResponse {
  static func resultsHead(_ sharing: HTTPFields, date: String) -> [UInt8] {
    var fields = sharing
    fields.append(.of(type: "application/x-ndjson"))
    fields.append("Transfer-Encoding", "chunked")
    return encodeStreamHead(status: 200, fields: fields, date: date)
  }
}

/// A streamed answer on the connection of its request.
extension Connection {
  func beginResults(_ head: [UInt8]) {
    channel.push(head)
  }

  /// Sends a part, and returns when there is room for the next: what is not read is not made.
  func sendResult(_ part: [UInt8]) async {
    channel.push(HTTPChunk.encode(part))
    if channel.outbox.admits(frames: 1, bytes: part.count, limit: node.outboxLimit) { return }
    // Whoever does not read what was asked for is let go, as one who does not send.
    setDeadline(.linger, after: node.settings.body.time)
    await channel.waitDrained()
    setDeadline(.none, at: reactor.now)
  }

  func endResults(closing: Bool) {
    channel.push(HTTPChunk.last)
    if closing { stage = .closing }
  }
}
