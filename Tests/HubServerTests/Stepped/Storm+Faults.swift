import HubIO
import HubRooms
import HubTesting
import HubWire

@testable import HubServer

/// What happens to the hub, its store and its clocks.
extension Storm {
  /// - Returns: whether something happened.
  func disturb(_ random: inout SeededRandom) -> Bool {
    if happens(plan.kills, &random) {
      restart(losingPower: false, &random)
    } else if happens(plan.powerLosses, &random) {
      // Either now, or in the middle of what the disk does next.
      if let disk = store as? DiskStore, !random.once(in: 3) {
        disk.failSoon(&random)
      } else {
        restart(losingPower: true, &random)
      }
    } else if happens(plan.drains, &random) {
      hub.drain()
    } else if happens(plan.disturbances, &random) {
      store.disturb(&random)
    } else if happens(plan.deletions, &random) {
      delete(plan.rooms[random.number(in: 0..<plan.rooms.count)], on: random.number(in: 0..<hub.nodes.count))
    } else if happens(plan.clockJumps, &random) {
      let seconds = [1, 60, 3600][random.number(in: 0..<3)]
      hub.stepped.clock.jump(by: .seconds(random.number(in: -seconds...seconds)))
    } else {
      return false
    }
    return true
  }

  private func happens(_ oneIn: Int, _ random: inout SeededRandom) -> Bool {
    oneIn > 0 && random.once(in: oneIn)
  }

  /// A room is deleted. What was acknowledged before that is gone for good once that is answered.
  private func delete(_ room: String, on node: Int) {
    guard let name = try? RoomName(room) else { return }
    let gone = ledger.epochs(of: room)
    let home = hub.nodes[node].directory.home(of: name)
    Task(executorPreference: home.reactor) { [weak self] in
      do {
        try await home.delete(name)
        self?.deleted(room, gone)
      } catch {
        // It may have been done all the same; who wants it tries again.
      }
    }
  }

  private func deleted(_ room: String, _ epochs: Set<String>) {
    outcome.deletions += 1
    deletedEpochs[room, default: []].formUnion(epochs)
  }

  /// The hub's process ends, and another begins on what the store has.
  func restart(losingPower: Bool, _ random: inout SeededRandom) {
    outcome.restarts += 1
    if let store = store as? SharedStormStore {
      let node = random.number(in: 0..<hub.nodes.count)
      return hub.restart(node, engine: store.replace(node, &random))
    }
    if hub.hasDrained, !losingPower { store.stop() }
    if let problem = store.reopen(losingPower: losingPower, &random) { note("the store cannot be opened: \(problem)") }
    countReads()
    hub.restart(reactors: random.number(in: plan.reactors), engine: store.engine)
  }

  /// Counters that are gone with the hub.
  func countReads() {
    outcome.coldReads += Int(hub.node.engine.statistics.read)
    outcome.overflows += hub.fanout(\.overflows)
    outcome.streamOverflows += hub.fanout(\.streamOverflows)
    outcome.replayed += hub.fanout(\.replayed)
  }

  /// The hub ends in good order, and the next one must find the same.
  func shutDown() {
    let before = history
    isGone = true
    hub.drain()
    if !hub.stepped.run(limit: Self.limit, until: { hub.hasDrained }) { note("the hub does not drain") }
    var random = SeededRandom(seed: seed)
    restart(losingPower: false, &random)
    let after = readHistory()
    for room in plan.rooms where (before[room] ?? []).map(\.data) != (after[room] ?? []).map(\.data) {
      note(
        "\(room): another history after a shutdown: \(before[room]?.count ?? 0) and \(after[room]?.count ?? 0) events")
    }
    isGone = false
  }
}
