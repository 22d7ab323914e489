import HubIO
import HubRooms

/// Has the engine look at its clock once a second, and tells the log when it goes and comes back. Runs on one reactor.
struct EngineWatch {
  let node: Node
  let reactor: Reactor

  private static let interval = Duration.seconds(1)

  func run() async {
    var last = EngineHealth.up
    var since = reactor.now
    while !Task.isCancelled {
      // Also before the first look: an engine that has just begun to connect is not away.
      await reactor.sleep(for: Self.interval)
      node.engine.tick(at: reactor.now)
      let health = node.engine.health
      if health != last {
        tell(health, since)
        let isTurn = last == .up || health == .up
        if isTurn { since = reactor.now }
        node.engineState = EngineState(
          health: health, since: isTurn ? reactor.kernel.wallTime() : node.engineState.since)
        last = health
      }
    }
  }

  private func tell(_ health: EngineHealth, _ since: Moment) {
    let seconds = LogField("seconds", Int((reactor.now - since).inSeconds))
    switch health {
    case .down(let reason):
      // Another reason while it is away says how long that has been.
      let away = node.engineState.health == .up ? [] : [seconds]
      node.log.error("the engine takes no events", [LogField("reason", reason)] + away)
    case .up: node.log.info("the engine takes events again", [seconds])
    }
  }
}

/// Whether the engine takes events, and since when it does or does not, in milliseconds since 1970.
struct EngineState: Sendable, Equatable {
  var health: EngineHealth
  var since: Int64
}
