import HubIO
import HubRooms
import HubTesting
import HubWire
import Synchronization

@testable import HubServer

/// Clients come, go, stall and come back while publishers publish, and the hub and its store go and come back; then all
/// is quiet, and everybody must have everything.
final class Storm: Participant, @unchecked Sendable {
  let plan: StormPlan
  let seed: UInt64
  let hub: SteppedHub
  let store: any StormStore
  let ledger: Ledger
  var webSockets: [SimulatedWebSocket] = []
  var eventStreams: [SimulatedEventStream] = []
  var subscribers: [SimulatedSubscriber] = []
  var publishers: [SimulatedPublisher] = []
  var remainingPosts: [Int]
  var actions: Int
  var spoken: [String: String] = [:]
  var spokenNumber = 0
  var outcome = StormOutcome()
  /// Nothing goes wrong any more.
  var isCalm = false
  var isGone = false
  /// Every room's history, as it was read when all was quiet.
  var history: [String: [(position: Position, data: String)]] = [:]
  /// Epochs of rooms that were deleted since.
  var deletedEpochs: [String: Set<String>] = [:]
  /// When a client that was sent away may try again.
  var patience: [String: Moment] = [:]

  static let limit = 400_000

  init(_ plan: StormPlan, seed: UInt64) {
    self.plan = plan
    self.seed = seed
    var random = SeededRandom(seed: seed ^ 0x5702)
    let reactors = random.number(in: plan.reactors)
    ledger = Ledger(tellsRepeats: plan.keepsPlaces)
    let clock = SimulatedClock()
    store =
      switch plan.store {
      case .memory: MemoryStore(plan.settings)
      case .scripted(let fails): ScriptedStore(fails: fails, seed: seed)
      case .disk:
        DiskStore(plan.settings, clock: clock, forgetsFailedSyncs: plan.forgetsFailedSyncs, seed: seed)
      case .shared(let loses):
        SharedStormStore(nodes: plan.nodes, loses: loses, kept: plan.storedEvents, clock: clock)
      }
    hub = SteppedHub(
      seed: seed, reactors: reactors, settings: Self.settings(of: plan), engine: store.engine,
      others: (store as? SharedStormStore)?.others ?? [],
      streamEvents: plan.streamEvents,
      streamBytes: plan.streamBytes, clock: clock)
    remainingPosts = Array(repeating: plan.posts, count: plan.publishers)
    actions = plan.actions
    makeClients()
    hub.stepped.participants += clients + [self, store]
  }

  private func makeClients() {
    webSockets = (0..<plan.webSockets).map { SimulatedWebSocket(name: "w\($0)") }
    eventStreams =
      (0..<plan.eventStreams).map { SimulatedEventStream(name: "s\($0)", rooms: [plan.rooms[$0 % plan.rooms.count]]) }
      + (0..<plan.manyStreams).map { SimulatedEventStream(name: "m\($0)", rooms: plan.rooms) }
    subscribers = (0..<plan.subscribers).map { SimulatedSubscriber(name: "c\($0)", rooms: plan.rooms) }
    publishers = (0..<plan.publishers).map { SimulatedPublisher(name: "p\($0)") }
    giveCredentials()
    for publisher in publishers { listen(to: publisher) }
    for client in webSockets {
      client.published = { [unowned self] id, position, _ in
        let key = id.map { String(decoding: $0.json, as: UTF8.self) } ?? ""
        guard let event = spoken[key]?.split(separator: " ", maxSplits: 1) else { return }
        ledger.acknowledge(String(event[1]), in: String(event[0]), at: position)
      }
    }
  }

  private func listen(to publisher: SimulatedPublisher) {
    publisher.answered = { [unowned self] post, position, isDuplicate in
      if isDuplicate { outcome.duplicates += 1 }
      ledger.acknowledge(post.data, in: post.room, at: position)
    }
    publisher.triesAgain = { [unowned self, unowned publisher] _ in
      patience[publisher.name] = hub.stepped.clock.now + .milliseconds(200)
      return !plan.mistakes || isCalm || !hub.stepped.random.once(in: 8)
    }
    publisher.hasRested = { [unowned self, unowned publisher] in isPatient(publisher) }
  }

  var clients: [SimulatedClient] { webSockets + eventStreams + subscribers + publishers }
  var watches: [RoomWatch] {
    webSockets.flatMap(\.rooms) + eventStreams.flatMap(\.rooms) + subscribers.flatMap(\.rooms)
  }

  // MARK: The run

  /// On a thread of its own, which is every reactor's in turn.
  static func run(_ plan: StormPlan, _ seed: UInt64) async -> StormOutcome {
    await BlockingThread.run { Storm(plan, seed: seed).run() }
  }

  func run() -> StormOutcome {
    outcome.seed = seed
    let hasStormed = hub.stepped.run(limit: Self.limit) {
      actions == 0 && remainingPosts.allSatisfy { $0 == 0 } && !isWaiting && !hub.isDraining
    }
    if !hasStormed { note("the storm does not end: \(remainingPosts) posts left, waiting: \(isWaiting)") }
    isCalm = true
    store.calm()
    readOn()
    let start = hub.stepped.clock.now
    let isQuiet = hub.stepped.run(limit: Self.limit) {
      // Rooms that are in doubt compare themselves with their engine once a second.
      let time = hub.stepped.clock.now - start
      return time > .seconds(3) && everybodyHasEverything && everybodyIsSeen || time > .seconds(120)
    }
    if !isQuiet || !everybodyHasEverything { noteStuck() }
    check()
    checkPeople()
    checkHistory()
    if store.lasts { shutDown() }
    if plan.evaporates { evaporate() }
    outcome.trace = hub.stepped.trace
    outcome.steps = hub.stepped.steps
    return outcome
  }

  /// Nobody stalls any more.
  func readOn() {
    for client in clients {
      client.readLimit = .max
      client.link?.isHeld = false
    }
  }

  private var isWaiting: Bool { publishers.contains { $0.isWaiting } }

  /// Everybody leaves; when history is too old, nothing may be left but what is to be remembered.
  private func evaporate() {
    actions = 0
    isGone = true
    for client in clients { client.disconnect() }
    let age = plan.settings.history.room.age
    _ = hub.stepped.run(for: age + .seconds(120), limit: 400_000)
    if hub.connections != 0 { note("\(hub.connections) connections are left") }
    if hub.node.connections.load(ordering: .relaxed) != 0 { note("the node still counts connections") }
    if hub.subscriptions != 0 { note("\(hub.subscriptions) subscriptions are left") }
    if hub.rooms != 0 { note("\(hub.rooms) rooms are left") }
    if hub.members != 0 { note("\(hub.members) members are left") }
    if hub.historyBytes != 0 { note("\(hub.historyBytes) bytes of history are left") }
    if hub.descriptors != 0 { note("\(hub.descriptors) descriptors are left") }
    let remembered = hub.node.engine.statistics.rememberedRooms
    if plan.nodes == 1, remembered != plan.rooms.count { note("\(remembered) rooms are remembered") }
  }

  func note(_ problem: String) {
    outcome.problems.append(problem)
  }
}
