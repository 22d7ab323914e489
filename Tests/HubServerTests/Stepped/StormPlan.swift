import HubTesting

@testable import HubServer

/// What happens in one simulation.
struct StormPlan {
  var reactors = 1...3
  var rooms = ["a", "b", "c"]
  var webSockets = 4
  var eventStreams = 1
  /// Event streams over all rooms.
  var manyStreams = 1
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
  /// Clients stop to read for a while.
  var stalls = false
  /// Some events leave out a connection, some are ephemeral.
  var exclusions = false
  /// Answers of the engine are held, and come in any order.
  var holdsAnswers = false
  /// History reaches back far enough for everybody: nothing may be lost.
  var losesNothing = true
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
}
