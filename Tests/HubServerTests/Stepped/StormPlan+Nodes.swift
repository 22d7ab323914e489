import HubTesting

@testable import HubServer

/// Plans in which several hubs share a store.
extension StormPlan {
  /// Everybody goes from node to node.
  static let nodes = plan {
    $0.store = .shared(loses: false)
    $0.nodes = 3
    $0.reactors = 1...2
    $0.stalls = true
    $0.settings.outbox.frames = 4
    $0.settings.history.room.events = 5
    $0.conduct = narrow
    $0.exclusions = true
    $0.posts = 30
  }

  /// Ways to the store are cut, and nodes are killed.
  static let nodeLinks = plan {
    $0 = nodes
    $0.disturbances = 6
    $0.kills = 25
    $0.actions = 200
    $0.mistakes = true
    $0.sweeps = true
  }

  /// The same while users come and go, who are seen everywhere.
  static let nodePeople = plan {
    $0.store = .shared(loses: false)
    $0.nodes = 3
    $0.reactors = 1...2
    $0.hasPeople = true
    $0.webSockets = 8
    $0.leisure = 3
    $0.actions = 250
    $0.disturbances = 10
    $0.kills = 30
    $0.settings.history.room.age = .seconds(5)
    $0.evaporates = true
  }

  /// Rooms are deleted on any node.
  static let nodeDeletions = plan {
    $0 = nodePeople
    $0.deletions = 8
    $0.subscribers = 0
    $0.losesNothing = false
  }

  /// The store loses what it had.
  static let nodeLosses = plan {
    $0 = nodePeople
    $0.store = .shared(loses: true)
    $0.stalls = true
    $0.settings.outbox.frames = 4
    $0.storedEvents = 20
    $0.losesNothing = false
  }
}
