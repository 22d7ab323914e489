import HubIO
import HubWire

extension EventPublisher {
  /// Publishes any number of envelopes, in order and in constant memory, on a connection of its own.
  ///
  /// Every envelope without an `id` gets one, so that it can be sent again and still be published once. What was sent and
  /// not answered is kept, within ``Options/unansweredLines`` and ``Options/unansweredBytes``; at either bound the next
  /// line waits. After a lost connection, and where the hub refuses for now (`temporary`), another connection begins with
  /// the oldest line that is not answered. It is given up after ``Options/tries`` connections in a row on which no line
  /// was answered.
  ///
  /// What is promised: each line is published once and counts once, and the events of a room keep the order of the lines,
  /// also over refusals and lost connections. A line that the hub refuses for good fails alone. A line that it refuses
  /// for now holds up those behind it. The promise lasts as long as the hub remembers keys, five minutes unless it is set
  /// otherwise: a line that is sent again after a longer time without a hub may be published twice. When this throws, what
  /// was not answered may or may not be published.
  ///
  /// - Parameters:
  ///   - lines: one envelope each, `{"room":…,"data":…}`; an empty line is passed over.
  ///   - progress: called as results come, and before each retry.
  /// - Returns: what became of all lines.
  public nonisolated func publish<Lines: AsyncSequence & Sendable>(
    lines: Lines, progress: @escaping @Sendable (StreamProgress) -> Void = { _ in }
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    let stream = PublishStream(url: url, options: options, reactor: reactor, progress: progress)
    return try await onReactor { () async throws(ClientError) in
      let reading = Task(executorPreference: self.reactor) { await stream.read(lines) }
      defer {
        // Whoever waits for the next line when all is over waits for nothing.
        reading.cancel()
        stream.stop()
      }
      return try await stream.run()
    }
  }
}
