import HubTesting

@testable import HubServer

extension StormPlan {
  /// Every plan by its name, as `scripts/simulate --plan` takes it.
  static let all: [(name: String, plan: StormPlan)] = [
    ("clients", StormPlan()), ("slow", slow), ("gaps", gaps), ("streams", streams), ("exclusions", exclusions),
    ("answers", answers), ("evaporation", evaporation), ("sweeps", sweeps), ("leaks", leaks),
    ("memory-restarts", memoryRestarts), ("lost-answers", lostAnswers), ("engine-restarts", engineRestarts),
    ("cold", cold), ("kills", kills), ("power", power), ("drains", drains), ("disk", disk), ("retention", retention),
    ("clock", clock), ("syncs", syncs), ("everything", everything), ("people", people), ("crowds", crowds),
    ("slow-gap", slowGap), ("slow-close", slowClose), ("last-value", lastValue), ("deletions", deletions),
    ("disk-deletions", diskDeletions), ("nodes", nodes), ("node-links", nodeLinks), ("node-people", nodePeople),
    ("node-deletions", nodeDeletions), ("node-losses", nodeLosses),
  ]

  static func named(_ name: String) -> StormPlan? { all.first { $0.name == name }?.plan }

  /// Links that hold little and let little pass.
  static let narrow = SimulatedLink.Conduct(capacity: 300, window: 200, bytesPerStep: 90, splitsSends: true)

  static func plan(_ change: (inout StormPlan) -> Void) -> StormPlan {
    var plan = StormPlan()
    change(&plan)
    return plan
  }

  // MARK: Without a store

  /// Subscribers fall behind and catch up.
  static let slow = plan {
    $0.stalls = true
    $0.settings.outbox.frames = 4
    $0.settings.outbox.bytes = 600
    $0.conduct = narrow
    $0.posts = 40
  }

  /// History does not reach back for those who fall behind.
  static let gaps = plan {
    $0.stalls = true
    $0.losesNothing = false
    $0.settings.outbox.frames = 2
    $0.settings.outbox.bytes = 400
    $0.settings.history.room.events = 3
    $0.conduct = SimulatedLink.Conduct(capacity: 250, window: 150, bytesPerStep: 60, splitsSends: true)
    $0.posts = 60
    $0.rooms = ["a", "b"]
  }

  /// The streams from rooms to reactors are full.
  static let streams = plan {
    $0.streamEvents = 2
    $0.streamBytes = 500
    $0.publishers = 5
    $0.rooms = ["a", "b"]
    $0.posts = 30
    $0.exclusions = true
  }

  /// Events leave out connections.
  static let exclusions = plan {
    $0.exclusions = true
    $0.stalls = true
    $0.settings.outbox.frames = 6
    $0.conduct = SimulatedLink.Conduct(capacity: 2000, window: 800, bytesPerStep: 500, splitsSends: true)
  }

  /// An engine answers in any order.
  static let answers = plan {
    $0.store = .scripted(fails: false)
    $0.publishers = 5
    $0.rooms = ["a", "b"]
  }

  /// Everybody leaves at the end.
  static let evaporation = plan {
    $0.evaporates = true
    $0.stalls = true
    $0.settings.outbox.frames = 4
    $0.conduct = narrow
    $0.settings.history.room.age = .seconds(5)
    $0.losesNothing = false
  }

  /// Rooms are let go while somebody comes.
  static let sweeps = plan {
    $0.reactors = 2...3
    $0.settings.history.room.age = .milliseconds(1)
    $0.sweeps = true
    $0.rooms = ["a", "b", "c", "d", "e"]
    $0.eventStreams = 2
    $0.manyStreams = 0
    $0.leisure = 2
    $0.losesNothing = false
    $0.posts = 15
    $0.actions = 200
    $0.webSockets = 3
    $0.evaporates = true
  }

  /// Connections break while an engine is slow.
  static let leaks = plan {
    $0.evaporates = true
    $0.store = .scripted(fails: false)
    $0.webSockets = 8
    $0.posts = 10
    $0.actions = 300
    $0.settings.history.room.age = .seconds(200)
  }

  /// The hub goes, and what it had in memory.
  static let memoryRestarts = plan {
    $0.kills = 30
    $0.drains = 40
    $0.actions = 120
    $0.losesNothing = false
  }

  /// Nobody knows whether the engine has taken an event.
  static let lostAnswers = plan {
    $0.store = .scripted(fails: true)
    $0.publishers = 4
    $0.stalls = true
    $0.mistakes = true
    $0.settings.history.room.events = 4
  }

  /// The same while the hub is killed and stopped.
  static let engineRestarts = plan {
    $0 = lostAnswers
    $0.kills = 40
    $0.drains = 40
    $0.actions = 120
    $0.exclusions = true
  }

  /// Users come and go with their connections, while everybody looks on.
  static let people = plan {
    $0.hasPeople = true
    $0.webSockets = 8
    $0.leisure = 3
    $0.actions = 250
    $0.settings.history.room.age = .seconds(5)
    $0.losesNothing = false
    $0.evaporates = true
  }

  // MARK: With a store on disk

  /// Next to nothing stays in memory: whoever is late gets it from the store.
  static let cold = plan {
    $0 = slow
    $0.store = .disk
    $0.settings.history.room.events = 3
    $0.exclusions = true
  }

  /// The hub is killed.
  static let kills = plan {
    $0 = cold
    $0.kills = 25
    $0.actions = 120
    $0.mistakes = true
  }

  /// The machine loses power, in the middle of anything that the disk does.
  static let power = plan {
    $0 = cold
    $0.powerLosses = 20
    $0.actions = 120
  }

  /// The hub is stopped in good order and started again, and sometimes is killed meanwhile.
  static let drains = plan {
    $0 = cold
    $0.drains = 20
    $0.kills = 80
    $0.actions = 160
    $0.settings.drain = .seconds(3)
  }

  /// The disk is full, fails and stalls.
  static let disk = plan {
    $0 = cold
    $0.disturbances = 8
    $0.actions = 160
    $0.mistakes = true
    $0.leisure = 3
  }

  /// The store keeps little.
  static let retention = plan {
    $0 = cold
    $0.losesNothing = false
    $0.settings.disk.room.events = 6
    $0.kills = 40
    $0.posts = 60
  }

  /// Somebody sets the wall clock again and again.
  static let clock = plan {
    $0 = cold
    $0.clockJumps = 8
    $0.kills = 60
    $0.actions = 120
  }

  /// The disk fails, and loses power later: what a failed sync left must not be built upon.
  static let syncs = plan {
    $0 = disk
    $0.forgetsFailedSyncs = true
    $0.powerLosses = 30
    $0.kills = 60
  }

  /// All of it at once.
  static let everything = plan {
    $0 = disk
    $0.forgetsFailedSyncs = true
    $0.publishers = 3
    $0.kills = 60
    $0.powerLosses = 40
    $0.drains = 60
    $0.clockJumps = 30
    $0.actions = 250
    $0.sweeps = true
    $0.settings.drain = .seconds(3)
  }

  /// The same with users, who are slow to look, and streams that are full.
  static let crowds = plan {
    $0 = everything
    $0.hasPeople = true
    $0.webSockets = 6
    $0.streamEvents = 1
  }
}
