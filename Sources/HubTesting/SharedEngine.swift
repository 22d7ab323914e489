package import HubIO
package import HubRooms
package import HubWire

/// The engine of one simulated node on a ``SharedStore``.
package final class SharedEngine: Engine, @unchecked Sendable {
  package let node: String
  private unowned let store: SharedStore
  private var directory: RoomDirectory?
  /// By reactor.
  private(set) var links: [SharedLink] = []
  /// The node's process is gone.
  var hasEnded = false
  /// The other nodes know that it was not heard of.
  var isReaped = false

  init(node: String, store: SharedStore) {
    self.node = node
    self.store = store
  }

  package var isShared: Bool { true }
  package var answersAtOnce: Bool { false }

  package func start(on reactor: Reactor, of directory: RoomDirectory) {
    self.directory = directory
    links.append(SharedLink(engine: self, reactor: reactor, directory: directory))
  }

  /// Since when nothing was heard of the node.
  var silentSince: Moment? {
    let times = links.compactMap(\.silentSince)
    return times.count == links.count ? times.max() : nil
  }

  private func link(of room: RoomName) -> SharedLink {
    links[directory?.index(of: room) ?? 0]
  }

  /// Asks the store, over the way of the room's home.
  private func ask<Answer: Sendable>(
    _ room: RoomName, _ run: @escaping (SharedStore, SharedLink) -> Answer
  ) async throws(HubError) -> Answer {
    let (store, link) = (store, link(of: room))
    let answer: Answer? = await withUnsafeContinuation { continuation in
      link.send(
        SharedLink.Request(
          run: {
            let answer = run(store, link)
            return { continuation.resume(returning: answer) }
          }, fail: { continuation.resume(returning: nil) }))
    }
    guard let answer else { throw Self.unavailable }
    return answer
  }

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    let link = link(of: room)
    link.opens(room)
    do throws(HubError) {
      return try await ask(room) { store, link in
        link.follow(room)
        return store.with(room) { $0.place }
      }
    } catch {
      link.closes(room)
      throw error
    }
  }

  package func compare(_ room: RoomName, at newest: Position, time: Moment) async throws(HubError) -> RoomPlace {
    try await ask(room) { store, _ in store.compare(room, at: newest) }
  }

  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    do throws(HubError) {
      return try await ask(room) { store, _ in store.append(batch, to: room) }
    } catch {
      return batch.map { _ in .failure(error) }
    }
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    try await ask(room) { store, _ in
      store.with(room) { $0.read(room, after: offset, through: end, limit: limit) }
    }
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    try await ask(room) { store, _ in store.drop(room) }
  }

  package func members(of room: RoomName) async throws(HubError) -> SharedMembers {
    try await ask(room) { store, _ in store.with(room) { $0.snapshot } }
  }

  package func tell(_ changes: [SharedPresenceChange], in room: RoomName) {
    let store = store
    link(of: room).send(
      SharedLink.Request(
        run: {
          store.tell(changes, in: room)
          return nil
        }, fail: {}))
  }

  package func close(_ room: RoomName, at time: Moment) {
    link(of: room).closes(room)
  }

  package var health: EngineHealth {
    links.allSatisfy(\.isUp) ? .up : .down(reason: "the store is away")
  }

  package var statistics: EngineStatistics { EngineStatistics() }

  private static var unavailable: HubError { HubError(.engineUnavailable, "the store is away") }
}
