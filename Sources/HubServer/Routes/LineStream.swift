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
    var errors: [[UInt8]] = []
    var last: [(room: String, position: Position)] = []

    mutating func note(_ result: EnvelopeResult, line: Int, exchange: Exchange) {
      switch result {
      case .taken(let room, let publication):
        accepted += 1
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
    switch query["results"] {
    case nil, "summary": return .quiet(.json(200, try await publishAll(exchange) { _, _ in }))
    case "each": return try await streamResults(exchange)
    default: throw HubError(.invalidRequest, "`results` must be `each` or `summary`")
    }
  }

  /// Publishes line by line; `each` is called with every result, and the report comes back.
  private func publishAll(
    _ exchange: Exchange, each: (EnvelopeResult, Exchange) async -> Void
  ) async throws(HubError) -> [UInt8] {
    var report = Report()
    var lines = LineSplitter(limit: worker.node.settings.body.bytes)
    while let part = try await connection.nextBodyPart() {
      for line in lines.take(part) {
        await publish(line, &report, exchange, each)
      }
    }
    if let line = lines.takeRest() { await publish(line, &report, exchange, each) }
    return report.json
  }

  private func publish(
    _ line: LineSplitter.Line, _ report: inout Report, _ exchange: Exchange,
    _ each: (EnvelopeResult, Exchange) async -> Void
  ) async {
    for result in await results(line) {
      report.note(result, line: line.number, exchange: exchange)
      await each(result, exchange)
    }
  }

  private func results(_ line: LineSplitter.Line) async -> [EnvelopeResult] {
    do throws(HubError) {
      guard let line = line.bytes else {
        let limit = worker.node.settings.body.bytes
        throw HubError(.payloadTooLarge, "the line is longer than the limit of \(limit) bytes (`body.bytes`)")
      }
      return await publisher.publish(try JSONValue(parsing: line, maximumDepth: JSONScanner.maximumDepth + 1))
    } catch {
      return [publisher.failure(error, room: nil)]
    }
  }

  /// A result a line as it comes, for clients that read while they write.
  private func streamResults(_ exchange: Exchange) async throws(HubError) -> Reply {
    guard exchange.request.minorVersion >= 1 else {
      throw HubError(.invalidRequest, "`results=each` needs HTTP/1.1, whose answers can be of any length")
    }
    await connection.beginResults(HTTPResponse.resultsHead(sharing, date: worker.dateField))
    do throws(HubError) {
      let report = try await publishAll(exchange) { result, exchange in
        await connection.sendResult(result.json(trace: exchange) + [UInt8(ascii: "\n")])
      }
      await connection.sendResult(report + [UInt8(ascii: "\n")])
    } catch {
      // The head is gone: the error is the last line, and the connection ends because the body was not read to its end.
      worker.count(error.code)
      let result = EnvelopeResult.refused(error, room: nil).json(trace: exchange)
      await connection.sendResult(result + [UInt8(ascii: "\n")])
      await connection.endResults(closing: true)
      return .streamed
    }
    await connection.endResults(closing: false)
    return .streamed
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
    if !channel.outbox.admits(frames: 1, bytes: part.count, limit: node.outboxLimit) { await channel.waitDrained() }
  }

  func endResults(closing: Bool) {
    channel.push(HTTPChunk.last)
    if closing { stage = .closing }
  }
}
