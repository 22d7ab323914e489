package import HubIO
package import HubRooms
package import HubWire

/// A memory engine of one node of a ``LoopbackCluster``, which can be away, with either way of going on without it.
///
/// Rooms are not shared: each node has its own of the same name.
package final class NodeEngine: Engine {
  private let memory: MemoryEngine
  private let member: LoopbackCluster.Member?
  private let state = Lock((health: EngineHealth.up, fallback: Appended?.none))

  /// - Parameters:
  ///   - epoch: of every room.
  ///   - cluster: nil for a node alone.
  package init(epoch: String, cluster: LoopbackCluster? = nil) {
    memory = MemoryEngine(makeEpoch: { epoch })
    member = cluster?.member()
  }

  /// It goes: publishes are answered so, or refused.
  package func leave(_ reason: String, fallback: Appended? = nil) {
    state.withLock { $0 = (.down(reason: reason), fallback) }
  }

  package func comeBack() {
    state.withLock { $0 = (.up, nil) }
  }

  package var health: EngineHealth { state.withLock { $0.health } }
  package var cluster: (any Cluster)? { member }

  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    let (health, fallback) = state.withLock { $0 }
    if let fallback { return batch.map { _ in .success(fallback) } }
    if case .down(let reason) = health { return batch.map { _ in .failure(HubError(.engineUnavailable, reason)) } }
    return await memory.append(batch, to: room, at: time)
  }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    try await memory.open(room, at: time)
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    try await memory.read(room, after: offset, through: end, limit: limit)
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    try await memory.drop(room, at: time)
  }

  package func close(_ room: RoomName, at time: Moment) { memory.close(room, at: time) }

  package var statistics: EngineStatistics { memory.statistics }
}
