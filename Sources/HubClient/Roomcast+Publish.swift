import HubWire

extension Roomcast {
  /// Publishes one event, and returns once the hub has taken it.
  ///
  /// It has an idempotency key, so that it is sent again after a lost connection and still published once. Events are
  /// published one after the other, in the order of the calls.
  ///
  /// - Parameters:
  ///   - data: one JSON value.
  ///   - room: the room's name.
  ///   - event: the event's name, 1 to 200 bytes.
  ///   - key: an idempotency key of the caller's, which lets the program be started again and still publish once.
  ///   - isEphemeral: reaches only who is there, and is not kept in the room's history.
  /// - Throws: once the hub refuses for good, as often as ``Options/tries`` says, or when the task is cancelled.
  @discardableResult
  public nonisolated func publish(
    _ data: String, to room: String, event: String? = nil, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    try await publish(Array(data.utf8), to: room, event: event, key: key, isEphemeral: isEphemeral)
  }

  /// Publishes one event, whose JSON is there as bytes of UTF-8; else as ``publish(_:to:event:key:isEphemeral:)``.
  @discardableResult
  public nonisolated func publish(
    _ data: [UInt8], to room: String, event: String? = nil, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    let (room, event) = try ClientError.ofBadInput { () throws(HubError) in
      (try RoomName(room), try event.map { name throws(HubError) in try EventName(name) } ?? .message)
    }
    return try await publisher.publish(data, to: room, event: event, key: key, isEphemeral: isEphemeral)
  }

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
  /// - Throws: where it was given up, the lines could not be read, or the task was cancelled.
  public nonisolated func publish<Lines: AsyncSequence & Sendable>(
    lines: Lines, progress: @escaping @Sendable (StreamProgress) -> Void = { _ in }
  ) async throws(ClientError) -> StreamReport where Lines.Element == [UInt8] {
    try await publisher.publish(lines: lines, progress: progress)
  }
}
