package import HubIO
package import HubWire

/// The engine that lasts as long as the process: offsets in memory, nothing beyond the rooms' own histories.
///
/// Shared by all reactors behind one lock, held for two dictionary look-ups.
package final class MemoryEngine: Engine {
  private let state: Lock<MemoryEngineState>

  package init(
    limits: MemoryEngineLimits = MemoryEngineLimits(), makeEpoch: @escaping @Sendable () -> String = randomEpoch
  ) {
    state = Lock(MemoryEngineState(limits: limits, makeEpoch: makeEpoch))
  }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    RoomPlace(newest: state.withLock { $0.open(room, at: time) }, oldest: nil)
  }

  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    state.withLock { state in
      batch.map { new in
        Result { () throws(HubError) in
          try state.append(
            to: room, isEphemeral: new.event.isEphemeral, key: new.key, subscribers: new.subscribers, at: time)
        }
      }
    }
  }

  package func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended? {
    try state.withLock { (state) throws(HubError) in
      try state.append(to: room, isEphemeral: event.isEphemeral, key: key, subscribers: subscribers, at: time)
    }
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    throw HubError(.internal, "this engine keeps no events")
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    begin(room, at: time)
  }

  package func dropNow(_ room: RoomName, at time: Moment) -> RoomPlace? {
    begin(room, at: time)
  }

  private func begin(_ room: RoomName, at time: Moment) -> RoomPlace {
    RoomPlace(newest: state.withLock { $0.drop(room, at: time) }, oldest: nil)
  }

  package func close(_ room: RoomName, at time: Moment) {
    state.withLock { $0.close(room, at: time) }
  }

  package var health: EngineHealth { .up }

  package var statistics: EngineStatistics {
    state.withLock { state in
      var statistics = EngineStatistics()
      statistics.rememberedRooms = state.rememberedRooms
      statistics.keys = state.rememberedKeys
      return statistics
    }
  }

  /// Eight characters of `[A-Za-z0-9]`: 47 random bits, so that two incarnations of a room do not meet by chance.
  package static let randomEpoch: @Sendable () -> String = {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<8).map { _ in alphabet.randomElement() ?? "A" })
  }
}

/// What the memory engine keeps at most.
package struct MemoryEngineLimits: Sendable {
  /// How long the place of a room that is gone is remembered, and for how many rooms.
  package var remember: Duration
  package var rememberedRooms: Int
  /// How long an idempotency key counts, and how many are kept.
  package var idempotency: Duration
  package var idempotencyKeys: Int

  package init(
    remember: Duration = .seconds(24 * 3600), rememberedRooms: Int = 100_000,
    idempotency: Duration = .seconds(300), idempotencyKeys: Int = 100_000
  ) {
    self.remember = remember
    self.rememberedRooms = rememberedRooms
    self.idempotency = idempotency
    self.idempotencyKeys = idempotencyKeys
  }
}
