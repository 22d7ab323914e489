package import HubIO
package import HubRooms
package import HubWire

/// The engine that spreads: rooms that several nodes share, in Redis 7 or Valkey.
///
/// Each reactor has one connection to each server (``RedisLink``), over which its rooms' commands go and all that is new
/// in them comes: so answers and events have one order. What one room needs is done by one script, in one step.
package final class RedisEngine: Engine {
  private struct State {
    var desks: [RedisDesk?] = []
    var directory: RoomDirectory?
  }

  let options: RedisOptions
  let shared: RedisShared
  private let state = Lock(State())
  private let nodes: RedisCluster
  let journaling: Journaling?

  /// - Parameter makeEpoch: names a new incarnation of a room.
  package init(
    options: RedisOptions, makeEpoch: @escaping @Sendable () -> String = MemoryEngine.randomEpoch
  ) {
    precondition(!options.addresses.isEmpty, "an engine needs a server")
    self.options = options
    shared = RedisShared(makeEpoch: makeEpoch)
    nodes = RedisCluster(options: options)
    journaling = options.journal.map(Journaling.init)
  }

  // MARK: Running

  package func start(on reactor: Reactor, of directory: RoomDirectory) {
    let desk = RedisDesk(reactor: reactor, options: options, directory: directory, shared: shared)
    state.withLock { state in
      state.directory = directory
      if state.desks.isEmpty { state.desks = directory.homes.map { _ in nil } }
      state.desks[reactor.index] = desk
    }
    desk.start()
    guard reactor.index == 0 else { return }
    nodes.start(on: desk)
    if let journaling { Task(executorPreference: reactor) { await self.run(journaling, on: reactor) } }
  }

  /// Ends all connections. Nothing is asked any more.
  package func stop() async {
    shared.isStopped = true
    for desk in state.withLock({ $0.desks.compactMap(\.self) }) {
      await Task(executorPreference: desk.reactor) { desk.stop() }.value
    }
  }

  /// The desk of a room's home, whose reactor the caller runs on.
  func desk(of room: RoomName) throws(HubError) -> RedisDesk {
    let desk = state.withLock { state in state.directory.flatMap { state.desks[$0.index(of: room)] } }
    guard let desk else { throw HubError(.engineUnavailable, "the hub has not started") }
    return desk
  }

  // MARK: Engine

  package var isShared: Bool { true }
  package var answersAtOnce: Bool { false }
  package var cluster: (any Cluster)? { nodes }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    try await desk(of: room).open(room, knowing: nil)
  }

  package func compare(_ room: RoomName, at newest: Position, time: Moment) async throws(HubError) -> RoomPlace {
    try await desk(of: room).open(room, knowing: newest)
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    try await desk(of: room).read(room, after: offset, through: end, limit: limit)
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    try await desk(of: room).drop(room)
  }

  package func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules) {
    shared.adopt(rules)
  }

  package func close(_ room: RoomName, at time: Moment) {
    (try? desk(of: room))?.close(room)
  }

  /// Members of nodes that are gone are none, and are taken out on the way.
  package func members(of room: RoomName) async throws(HubError) -> SharedMembers {
    let desk = try desk(of: room)
    let all = try await desk.members(of: room)
    let gone = await nodes.gone(of: Set(all.members.map(\.node)))
    if gone.isEmpty { return all }
    desk.tell(all.members.filter { gone.contains($0.node) }.map { .left($0.key) }, in: room)
    return SharedMembers(version: all.version, members: all.members.filter { !gone.contains($0.node) })
  }

  package func tell(_ changes: [SharedPresenceChange], in room: RoomName) {
    // What cannot be told yet is told when the room compares itself.
    guard nodes.isRegistered else { return }
    (try? desk(of: room))?.tell(changes, in: room)
  }

  package func tick(at time: Moment) {
    journaling?.journal.tick(at: time)
    shared.forgetRefusal(before: time)
  }

  package var health: EngineHealth { shared.health }

  package var statistics: EngineStatistics {
    var statistics = shared.statistics
    statistics.waiting += journaling?.journal.count ?? 0
    return statistics
  }
}
