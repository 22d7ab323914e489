import HubTesting

@testable import HubServer

/// What happens in one simulation.
///
/// A number that says how often something happens means: once in so many of the things that happen to clients; 0 is never.
struct StormPlan {
  /// Where events live.
  enum Store {
    case memory
    /// Outside the hub, which answers late; and, where it `fails`, refuses calls and loses answers.
    case scripted(fails: Bool)
    case disk
    /// Outside, for all nodes; and, where it `loses`, not everything lasts.
    case shared(loses: Bool)
  }

  /// Hubs that share a store, which only some stores allow.
  var nodes = 1
  /// Of each node.
  var reactors = 1...3
  var rooms = ["a", "b", "c"]
  var webSockets = 4
  var eventStreams = 1
  /// Event streams over all rooms.
  var manyStreams = 1
  /// Subscribers that resume by the rules of the real client.
  var subscribers = 1
  var publishers = 2
  /// Events that each publisher posts.
  var posts = 20
  /// Things that happen to clients.
  var actions = 80
  var settings = Settings(machine: Machine(cores: 1, descriptors: 10_064))
  var conduct = SimulatedLink.Conduct()
  /// The longest padding of an event.
  var padding = 40
  var streamEvents = 8192
  var streamBytes = 32 << 20
  /// Connections break.
  var cuts = true
  /// How often the clock moves: once in so many of the things that happen.
  var leisure = 6
  /// Homes look for deserted rooms all the time.
  var sweeps = false
  /// Clients stop to read for a while, and links hold what is under way.
  var stalls = false
  /// Some events leave out a connection, some are ephemeral.
  var exclusions = false
  /// Publishers give up some events that were refused, and try used keys for others.
  var mistakes = false
  var store = Store.memory
  /// How often the process is killed.
  var kills = 0
  /// How often the machine loses power.
  var powerLosses = 0
  /// How often the hub is stopped in good order and started again.
  var drains = 0
  /// How often the store is disturbed.
  var disturbances = 0
  /// What a failed sync leaves is never written, as Linux does it; else the next sync writes it.
  var forgetsFailedSyncs = false
  /// How many events of a room a store keeps that nodes share.
  var storedEvents = Int.max
  /// How often a room is deleted.
  var deletions = 0
  /// How often the wall clock is set to another time.
  var clockJumps = 0
  /// History reaches back far enough for everybody: nothing may be lost.
  var losesNothing = true
  /// The same for what is stored: a new epoch or a gap means that something was lost.
  var keepsPlaces: Bool {
    if deletions > 0 { return false }
    if case .shared(loses: true) = store { return false }
    if case .memory = store { return kills + powerLosses + drains == 0 }
    return true
  }
  /// WebSockets have users, two of them one, who are seen in rooms as long as they are there.
  var hasPeople = false
  /// At the end everybody leaves, and the hub must forget.
  var evaporates = false
}

/// What came of it.
struct StormOutcome: Sendable {
  var seed: UInt64 = 0
  var trace: UInt64 = 0
  var steps = 0
  var problems: [String] = []
  var seen = 0
  var recoveries = 0
  var failedRecoveries = 0
  var gaps = 0
  var skips = 0
  var overflows: UInt64 = 0
  var streamOverflows: UInt64 = 0
  var replayed: UInt64 = 0
  var duplicates = 0
  /// Rooms that were deleted, and subscribers that were told.
  var deletions = 0
  var unsubscribed = 0
  /// Times that the hub was started again.
  var restarts = 0
  /// Answers that told a publisher to try again later.
  var refusals = 0
  /// Failures that a store was made to have.
  var faults = 0
  /// Comings and goings of users that somebody was told of.
  var changes = 0
  /// Events that were read from the store, not from memory.
  var coldReads = 0
}
