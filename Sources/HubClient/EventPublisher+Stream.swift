import HubIO
import HubWire

extension EventPublisher {
  /// Publishes any number of envelopes, in order and in constant memory, on a connection of its own.
  ///
  /// The lines are read no faster than the hub takes them. A lost connection is not mended, because lines that were sent
  /// are not kept: give envelopes an `id`, and those that are sent again are published once.
  ///
  /// - Parameters:
  ///   - lines: one envelope each, `{"room":…,"data":…}` without a line break; an empty line is passed over.
  ///   - progress: called as results come.
  /// - Returns: what the hub reports at the end.
  public nonisolated func publish<Lines: AsyncSequence & Sendable>(
    lines: Lines, progress: @escaping @Sendable (StreamProgress) -> Void = { _ in }
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    try await onReactor { () async throws(ClientError) in try await self.stream(lines, progress) }
  }

  private func stream<Lines: AsyncSequence & Sendable>(
    _ lines: Lines, _ progress: @Sendable (StreamProgress) -> Void
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    let wire: Wire
    do throws(WireError) {
      wire = try await Wire.dial(url, on: reactor, within: options.timeout)
    } catch {
      throw .unreachable(error.reason)
    }
    defer { wire.close() }
    let head = HTTPRequestHead(
      method: .post, target: "/v1/events?results=each", host: url.hostField,
      fields: Credential.add(
        options.credential, to: ["Content-Type": "application/x-ndjson", "User-Agent": UserAgent.text]))
    wire.send(head.encodeChunkedHead())
    let sending = LineSending(wire: wire, answerTimeout: options.timeout)
    let task = Task(executorPreference: reactor) { await sending.run(lines) }
    // Whoever waits for the next line when the answer is there waits for nothing.
    defer { task.cancel() }
    return try await report(HTTPLine(wire: wire), sending, progress)
  }

  private func report(
    _ line: HTTPLine, _ sending: LineSending, _ progress: @Sendable (StreamProgress) -> Void
  ) async throws(ClientError) -> StreamReport {
    var results = ResultLines()
    var problem: [UInt8] = []
    let head: HTTPResponseHead
    do throws(WireError) {
      head = try await line.answer { (head, part) throws(WireError) in
        guard head.status == 200 else { return problem.append(part) }
        do throws(HubError) {
          try results.take(part)
        } catch {
          throw WireError(reason: "what answers is no hub: \(error.detail)")
        }
        progress(results.progress)
      }
    } catch {
      if let failure = sending.failure { throw .input(failure) }
      let accepted = results.progress.accepted
      throw .unreachable("\(error.reason) after \(accepted) events were accepted")
    }
    guard head.status == 200 else { throw .refused(Refusal(status: head.status, body: problem)) }
    if let report = results.report { return report }
    if let refusal = results.lastRefusal { throw .refused(refusal) }
    throw .badAnswer("the hub ended its answer without a report")
  }
}

/// The writing side of a stream of envelopes. Touched on the reactor's thread only.
private final class LineSending: @unchecked Sendable {
  private let wire: Wire
  private let answerTimeout: Duration
  /// Why the lines could not be read to their end.
  private(set) var failure: String?

  /// What may wait for the socket before the next line is read.
  private static let bufferedBytes = 256 << 10
  /// The hub gives up a body that does not go on. A blank before the next line is progress, and changes nothing.
  private static let restlessness = Duration.seconds(10)
  private static let blank = HTTPChunk.encode([UInt8(ascii: " ")])

  init(wire: Wire, answerTimeout: Duration) {
    self.wire = wire
    self.answerTimeout = answerTimeout
  }

  func run<Lines: AsyncSequence>(_ lines: Lines) async where Lines.Element == [UInt8] {
    wire.hold(every: Self.restlessness) { Self.blank }
    do {
      for try await line in lines {
        if wire.channel.isClosed { return }
        wire.send(HTTPChunk.encode(line + [UInt8(ascii: "\n")]))
        if wire.channel.outbox.byteCount > Self.bufferedBytes { await wire.channel.waitDrained() }
      }
    } catch {
      failure = "the lines end too early: \(error)"
      wire.channel.close()
      return
    }
    wire.endAfterSilence(of: answerTimeout)
    wire.send(HTTPChunk.last)
  }
}
