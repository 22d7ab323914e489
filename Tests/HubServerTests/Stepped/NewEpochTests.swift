import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms
@testable import HubServer

/// An engine that has lost what it had and begins a new epoch, while subscribers are connected.
@Suite struct NewEpochTests {
  private struct Outcome: Sendable {
    var positions: [String] = []
    var gaps: [Int] = []
    var problems: [String] = []
  }

  /// Some events before and some after, to one WebSocket, one that reads nothing meanwhile, and one event stream.
  private static func run(seed: UInt64, losesAnswers: Bool) async -> Outcome {
    await BlockingThread.run {
      var settings = Settings(machine: Machine(cores: 1, descriptors: 1000))
      settings.outbox.frames = 2
      var namespace = NamespaceSettings(name: .all)
      namespace.presence = true
      settings.namespaces = [namespace]
      let engine = ScriptedEngine(keepsEvents: true)
      let hub = SteppedHub(seed: seed, reactors: 2, settings: settings, engine: engine)
      let sockets = [SimulatedWebSocket(name: "live"), SimulatedWebSocket(name: "slow")]
      let stream = SimulatedEventStream(name: "stream", rooms: ["a"])
      let publisher = SimulatedPublisher(name: "p")
      hub.stepped.participants += sockets + [stream, publisher, engine]
      let narrow = SimulatedLink.Conduct(capacity: 300, window: 200, bytesPerStep: 90, splitsSends: true)
      sockets[0].open(hub.connect(SimulatedLink.Conduct()))
      sockets[1].open(hub.connect(narrow))
      stream.open(hub.connect(SimulatedLink.Conduct()))
      publisher.open(hub.connect(SimulatedLink.Conduct()))
      var outcome = Outcome()
      func wait(_ what: String, _ isDone: () -> Bool) {
        if !hub.stepped.run(limit: 100_000, until: isDone) { outcome.problems.append("never: \(what)") }
      }
      func publish(_ count: Int) {
        for _ in 0..<count {
          publisher.post(SimulatedPublisher.Post(room: "a", data: "\"\(String(repeating: "x", count: 60))\""))
          wait("an answer") { !publisher.isWaiting }
        }
      }
      wait("open") { sockets.allSatisfy(\.isOpen) }
      for socket in sockets { socket.subscribe(["a"]) }
      wait("subscribed") { stream.isOpen && sockets.allSatisfy { $0.watch("a")?.isSubscribed == true } }
      sockets[1].readLimit = 0
      publish(8)
      engine.begin(epoch: "next")
      if losesAnswers { engine.verdict = { $0 % 2 == 0 ? .lose : .now } }
      publish(6)
      sockets[1].readLimit = .max
      let watches = { sockets.compactMap { $0.watch("a") } + stream.rooms }
      let end = Position(epoch: "next", offset: 6)
      wait("everybody at \(end)") { watches().allSatisfy { $0.position == end } }
      wait("the members after the gap") { watches().allSatisfy { $0.lists >= 1 && $0.members == [] } }
      outcome.positions = watches().map { $0.position?.description ?? "nothing" }
      outcome.gaps = watches().map(\.gaps)
      outcome.problems += watches().flatMap(\.problems) + sockets.flatMap(\.problems) + stream.problems
      return outcome
    }
  }

  @Test(arguments: Seeds.run(20))
  func `is told as a gap to everybody once, and its events follow`(seed: UInt64) async {
    let outcome = await Self.run(seed: seed, losesAnswers: false)
    #expect(outcome.problems.isEmpty, "ROOMCAST_SEED=\(seed): \(outcome.problems)")
    #expect(outcome.gaps == [1, 1, 1] && outcome.positions == ["next-6", "next-6", "next-6"], "\(outcome)")
  }

  @Test(arguments: Seeds.run(20))
  func `is told even where the answer that would tell is lost`(seed: UInt64) async {
    let outcome = await Self.run(seed: seed, losesAnswers: true)
    #expect(outcome.problems.isEmpty, "ROOMCAST_SEED=\(seed): \(outcome.problems)")
    #expect(outcome.gaps == [1, 1, 1] && outcome.positions == ["next-6", "next-6", "next-6"], "\(outcome)")
  }
}
