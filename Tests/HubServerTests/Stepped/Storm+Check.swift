import HubIO
import HubTesting
import HubWire

@testable import HubRooms
@testable import HubServer

/// What must be so when all is quiet.
extension Storm {
  var everybodyHasEverything: Bool {
    for client in webSockets {
      for room in plan.rooms {
        guard let watch = client.watch(room), has(watch) else { return false }
      }
    }
    return (eventStreams.flatMap(\.rooms) + subscribers.flatMap(\.rooms)).allSatisfy(has)
  }

  private func has(_ watch: RoomWatch) -> Bool {
    guard watch.isSubscribed, let position = watch.position, let newest = newest(watch.room) else { return false }
    return position.epoch == newest.epoch && position.offset >= newest.offset
      && position.offset >= ledger.newest(in: watch.room, epoch: position.epoch)
  }

  /// Where the room stands, by its home.
  private func newest(_ room: String) -> Position? {
    guard let name = try? RoomName(room) else { return nil }
    if let store = store as? SharedStormStore { return store.shared.newest(of: name) }
    let home = hub.node.directory.home(of: name)
    return hub.stepped.on(home.reactor.index) { _ in
      home.assumeIsolated { $0.summaries(prefix: room, after: nil, limit: 1).first?.position }
    }
  }

  func noteStuck() {
    for client in webSockets {
      for room in plan.rooms {
        if let watch = client.watch(room), has(watch) { continue }
        let state = client.watch(room).map(describe) ?? "none"
        note(
          "\(client.name) (open: \(client.isOpen)) is stuck in \(room) at \(state), errors: \(client.errors.suffix(3))")
      }
    }
    for client in eventStreams {
      for watch in client.rooms where !has(watch) {
        note(
          "\(client.name) is stuck at \(describe(watch)), status: \(client.status), errors: \(client.errors.suffix(3))")
      }
    }
    for client in subscribers {
      for watch in client.rooms where !has(watch) {
        note("\(client.name) (connected: \(client.isConnected)) is stuck at \(describe(watch))")
      }
    }
  }

  private func describe(_ watch: RoomWatch) -> String {
    let place = watch.position.map(\.description) ?? "nothing"
    let newest = newest(watch.room).map(\.description) ?? "nothing"
    return "\(watch.room) \(place) of \(newest), subscribed: \(watch.isSubscribed)"
  }

  func check() {
    for client in webSockets { note(client.problems + client.rooms.flatMap(\.problems), of: client) }
    for client in eventStreams { note(client.problems + client.rooms.flatMap(\.problems), of: client) }
    for client in subscribers { note(client.problems + client.rooms.flatMap(\.problems), of: client) }
    for client in publishers { note(client.problems, of: client) }
    outcome.problems += ledger.check(watches)
    for watch in watches {
      outcome.seen += watch.sights.count
      outcome.recoveries += watch.recoveries
      outcome.failedRecoveries += watch.failedRecoveries
      outcome.gaps += watch.gaps
      outcome.unsubscribed += watch.takenAway
      outcome.skips += watch.sights.count { if case .skip = $0.sight { true } else { false } }
    }
    outcome.refusals = publishers.reduce(0) { $0 + $1.refusals }
    outcome.faults = store.faults
    countReads()
    if plan.losesNothing, outcome.gaps + outcome.failedRecoveries > 0 {
      note("\(outcome.gaps) gaps and \(outcome.failedRecoveries) failed recoveries, where history holds everything")
    }
    // Those whose clients vanished without a word may still be there.
    if hub.subscriptions < watches.count { note("\(hub.subscriptions) subscriptions for \(watches.count) watches") }
  }

  private func note(_ problems: [String], of client: SimulatedClient) {
    for problem in problems { note("\(client.name): \(problem)") }
  }

  // MARK: History

  /// Every room's history, as REST tells it page by page.
  func readHistory() -> [String: [(position: Position, data: String)]] {
    var random = SeededRandom(seed: seed)
    let reader = SimulatedHistoryReader(name: "r", rooms: plan.rooms, pageSize: random.number(in: 1...30))
    hub.stepped.participants.append(reader)
    defer { hub.stepped.participants.removeLast() }
    reader.credential = publishers.first?.credential
    reader.open(hub.connect(plan.conduct))
    let isDone = hub.stepped.run(limit: Self.limit) {
      if reader.mustAskAgain { reader.ask() }
      return reader.isDone || !reader.problems.isEmpty || reader.hasEnded
    }
    if !isDone || !reader.isDone { note("the history cannot be read to its end") }
    for problem in reader.problems { note("r: \(problem)") }
    reader.disconnect()
    return reader.events
  }

  func checkHistory() {
    history = readHistory()
    for room in plan.rooms {
      outcome.problems += ledger.check(history[room] ?? [], of: room, isWhole: plan.losesNothing)
      let gone = deletedEpochs[room] ?? []
      if let first = history[room]?.first(where: { gone.contains($0.position.epoch) }) {
        note("\(room): \(first.position) was deleted and is in the history")
      }
    }
  }
}
