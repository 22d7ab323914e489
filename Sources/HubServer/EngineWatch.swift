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
      node.engine.tick(at: reactor.now)
      let health = node.engine.health
      if health != last {
        tell(health, since)
        if last == .up || health == .up { since = reactor.now }
        last = health
      }
      await reactor.sleep(for: Self.interval)
    }
  }

  private func tell(_ health: EngineHealth, _ since: Moment) {
    switch health {
    case .down(let reason): node.log.error("the engine takes no events", [LogField("reason", reason)])
    case .up:
      node.log.info("the engine takes events again", [LogField("seconds", Int((reactor.now - since).inSeconds))])
    }
  }
}
