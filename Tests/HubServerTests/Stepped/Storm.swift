import HubIO
import HubRooms
import HubTesting
import HubWire
import Synchronization

@testable import HubServer

/// Clients come, go, stall and come back while publishers publish; then all is quiet, and everybody must have everything.
final class Storm: Participant {
  let plan: StormPlan
  let seed: UInt64
  let hub: SteppedHub
  let engine: ScriptedEngine?
  let ledger = Ledger()
  var webSockets: [SimulatedWebSocket] = []
  var eventStreams: [SimulatedEventStream] = []
  var publishers: [SimulatedPublisher] = []
  private var remainingPosts: [Int]
  private var actions: Int
  private var spoken: [String: String] = [:]
  private var spokenNumber = 0
  private(set) var outcome = StormOutcome()
  private var isCalm = false

  init(_ plan: StormPlan, seed: UInt64) {
    self.plan = plan
    self.seed = seed
    var random = SeededRandom(seed: seed ^ 0x5702)
    engine = plan.holdsAnswers ? ScriptedEngine() : nil
    hub = SteppedHub(
      seed: seed, reactors: random.number(in: plan.reactors), settings: plan.settings, engine: engine,
      streamEvents: plan.streamEvents, streamBytes: plan.streamBytes)
    remainingPosts = Array(repeating: plan.posts, count: plan.publishers)
    actions = plan.actions
    engine?.verdict = { _ in random.once(in: 3) ? .now : .later }
    engine?.holdsOpen = { random.once(in: 2) }
    makeClients()
  }

  private func makeClients() {
    webSockets = (0..<plan.webSockets).map { SimulatedWebSocket(name: "w\($0)") }
    eventStreams =
      (0..<plan.eventStreams).map { SimulatedEventStream(name: "s\($0)", rooms: [plan.rooms[$0 % plan.rooms.count]]) }
      + (0..<plan.manyStreams).map { SimulatedEventStream(name: "m\($0)", rooms: plan.rooms) }
    publishers = (0..<plan.publishers).map { SimulatedPublisher(name: "p\($0)") }
    for publisher in publishers {
      publisher.answered = { [unowned self] post, position, isDuplicate in
        if isDuplicate { outcome.duplicates += 1 }
        ledger.acknowledge(post.data, in: post.room, at: position)
      }
    }
    for client in webSockets {
      client.published = { [unowned self] id, position, _ in
        let key = id.map { String(decoding: $0.json, as: UTF8.self) } ?? ""
        guard let event = spoken[key]?.split(separator: " ", maxSplits: 1) else { return }
        ledger.acknowledge(String(event[1]), in: String(event[0]), at: position)
      }
    }
    hub.stepped.participants += clients + [self] + (engine.map { [$0] } ?? [])
  }

  private var clients: [SimulatedClient] { webSockets + eventStreams + publishers }

  // MARK: The run

  func run() -> StormOutcome {
    outcome.seed = seed
    let limit = 400_000
    let hasStormed = hub.stepped.run(limit: limit) {
      actions == 0 && remainingPosts.allSatisfy { $0 == 0 } && !isWaiting
    }
    if !hasStormed { note("the storm does not end: \(remainingPosts) posts left, waiting: \(isWaiting)") }
    isCalm = true
    readOn()
    let start = hub.stepped.clock.now
    let isQuiet = hub.stepped.run(limit: limit) {
      everybodyHasEverything || hub.stepped.clock.now - start > .seconds(120)
    }
    if !isQuiet || !everybodyHasEverything { noteStuck() }
    check()
    if plan.evaporates { evaporate() }
    outcome.trace = hub.stepped.trace
    outcome.steps = hub.stepped.steps
    return outcome
  }

  /// Nobody stalls any more.
  private func readOn() {
    for client in clients { client.readLimit = .max }
  }

  private var isWaiting: Bool { publishers.contains { $0.isWaiting } }

  private var watches: [RoomWatch] { webSockets.flatMap(\.rooms) + eventStreams.flatMap(\.rooms) }

  private var everybodyHasEverything: Bool {
    for client in webSockets {
      for room in plan.rooms {
        guard let watch = client.watch(room), has(watch) else { return false }
      }
    }
    return eventStreams.allSatisfy { $0.rooms.allSatisfy(has) }
  }

  private func has(_ watch: RoomWatch) -> Bool {
    watch.isSubscribed && (watch.position?.offset ?? 0) >= newest(watch.room)
  }

  /// Where the room stands, by its home.
  private func newest(_ room: String) -> UInt64 {
    guard let name = try? RoomName(room) else { return 0 }
    let home = hub.node.directory.home(of: name)
    return hub.stepped.on(home.reactor.index) { _ in
      home.assumeIsolated { $0.summaries(prefix: room, after: nil, limit: 1).first?.position.offset ?? 0 }
    }
  }

  private func noteStuck() {
    for client in webSockets {
      for room in plan.rooms {
        if let watch = client.watch(room), has(watch) { continue }
        let state = client.watch(room).map {
          "\($0.position.map(\.description) ?? "nothing"), subscribed: \($0.isSubscribed)"
        }
        note("\(client.name) (open: \(client.isOpen)) is stuck in \(room) at \(state ?? "none") of \(newest(room))")
      }
    }
    for client in eventStreams {
      for watch in client.rooms where !has(watch) {
        let state = "subscribed: \(watch.isSubscribed), status: \(client.status), errors: \(client.errors)"
        let place = watch.position.map(\.description) ?? "nothing"
        note("\(client.name) is stuck in \(watch.room) at \(place) of \(newest(watch.room)): \(state)")
      }
    }
  }

  private func check() {
    for client in webSockets { outcome.problems += client.problems.map { "\(client.name): \($0)" } }
    for client in eventStreams { outcome.problems += client.problems.map { "\(client.name): \($0)" } }
    for client in publishers { outcome.problems += client.problems.map { "\(client.name): \($0)" } }
    for client in webSockets { outcome.problems += client.rooms.flatMap(\.problems).map { "\(client.name): \($0)" } }
    for client in eventStreams { outcome.problems += client.rooms.flatMap(\.problems).map { "\(client.name): \($0)" } }
    outcome.problems += ledger.check(watches)
    for watch in watches {
      outcome.seen += watch.sights.count
      outcome.recoveries += watch.recoveries
      outcome.failedRecoveries += watch.failedRecoveries
      outcome.gaps += watch.gaps
      outcome.skips += watch.sights.count { if case .skip = $0.sight { true } else { false } }
    }
    outcome.overflows = hub.fanout(\.overflows)
    outcome.streamOverflows = hub.fanout(\.streamOverflows)
    outcome.replayed = hub.fanout(\.replayed)
    if plan.losesNothing, outcome.gaps + outcome.failedRecoveries > 0 {
      note("\(outcome.gaps) gaps and \(outcome.failedRecoveries) failed recoveries, where history holds everything")
    }
    // Those whose clients vanished without a word may still be there.
    if hub.subscriptions < watches.count { note("\(hub.subscriptions) subscriptions for \(watches.count) watches") }
  }

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
    if hub.historyBytes != 0 { note("\(hub.historyBytes) bytes of history are left") }
    if hub.descriptors != 0 { note("\(hub.descriptors) descriptors are left") }
    let remembered = engine?.rememberedRooms ?? hub.node.engine.remembered.rooms
    if remembered != plan.rooms.count { note("\(remembered) rooms are remembered") }
  }

  private var isGone = false

  private func note(_ problem: String) {
    outcome.problems.append(problem)
  }

  // MARK: What happens

  func step(_ random: inout SeededRandom) -> Bool {
    if isGone { return false }
    if isCalm { return comeBack() }
    if plan.sweeps, actions > 0 { for _ in 0..<3 { hub.sweepSoon() } }
    if actions > 0, random.once(in: 3) {
      actions -= 1
      act(&random)
      if actions == 0 { readOn() }
      return true
    }
    let index = random.number(in: 0..<max(1, publishers.count))
    return index < publishers.count && publish(index, &random) || actions > 0
  }

  /// Everybody connects and subscribes to everything.
  private func comeBack() -> Bool {
    var worked = false
    for client in webSockets {
      if !client.isConnected {
        client.open(hub.connect(plan.conduct))
        worked = true
      } else if client.isOpen {
        let missing = plan.rooms.filter { client.watch($0)?.isSubscribed != true }
        if !missing.isEmpty { client.subscribe(missing) }
      }
    }
    for client in eventStreams where !client.isConnected {
      client.open(hub.connect(plan.conduct))
      worked = true
    }
    for client in publishers where !client.isConnected {
      client.open(hub.connect(plan.conduct))
      worked = true
    }
    return worked
  }

  private func publish(_ index: Int, _ random: inout SeededRandom) -> Bool {
    let publisher = publishers[index]
    if !publisher.isConnected {
      publisher.open(hub.connect(plan.conduct))
      return true
    }
    guard !publisher.isWaiting, remainingPosts[index] > 0 else { return false }
    remainingPosts[index] -= 1
    var excluded: String?
    var isEphemeral = false
    if plan.exclusions {
      let connection = webSockets[random.number(in: 0..<webSockets.count)].connection
      if random.once(in: 2), !connection.isEmpty { excluded = connection }
      isEphemeral = random.once(in: 6)
    }
    let data = ledger.next(
      by: publisher.name, size: random.number(in: 0...plan.padding), excluding: excluded, isEphemeral: isEphemeral)
    let room = plan.rooms[random.number(in: 0..<plan.rooms.count)]
    publisher.post(SimulatedPublisher.Post(room: room, data: data, exclude: excluded, isEphemeral: isEphemeral))
    return true
  }

  private func act(_ random: inout SeededRandom) {
    let all = clients
    let client = all[random.number(in: 0..<all.count)]
    guard client.isConnected else { return open(client) }
    if plan.cuts, random.once(in: 5) { return cut(client, &random) }
    if random.once(in: plan.leisure) { return hub.stepped.clock.advance(by: .milliseconds(random.number(in: 1...400))) }
    if plan.stalls, random.once(in: 3), !(client is SimulatedPublisher) {
      client.readLimit = [0, 1, 7, 64, Int.max][random.number(in: 0..<5)]
      return
    }
    if let client = client as? SimulatedWebSocket, client.isOpen { speak(client, &random) }
  }

  private func open(_ client: SimulatedClient) {
    let link = hub.connect(plan.conduct)
    if let client = client as? SimulatedWebSocket { client.open(link) }
    if let client = client as? SimulatedEventStream { client.open(link) }
    if let client = client as? SimulatedPublisher { client.open(link) }
  }

  private func cut(_ client: SimulatedClient, _ random: inout SeededRandom) {
    switch random.number(in: 0..<4) {
    case 0: client.disconnect()
    case 1: client.link?.reset()
    case 2 where client is SimulatedWebSocket: (client as? SimulatedWebSocket)?.close()
    default:
      // The hub learns nothing of it; the client has given up and comes back.
      client.link?.isHalfOpen = true
      client.disconnect()
    }
  }

  private func speak(_ client: SimulatedWebSocket, _ random: inout SeededRandom) {
    let room = plan.rooms[random.number(in: 0..<plan.rooms.count)]
    switch random.number(in: 0..<6) {
    case 0: client.unsubscribe(room)
    case 1: client.subscribe(plan.rooms)
    case 2, 3: client.subscribe([room])
    case 4: client.say(.ping(id: nil))
    default:
      let isEchoed = random.once(in: 2)
      let data = ledger.next(
        by: client.name, size: random.number(in: 0...plan.padding), excluding: isEchoed ? nil : client.connection)
      spokenNumber += 1
      spoken[String(spokenNumber)] = "\(room) \(data)"
      let request = PublishRequest(room: room, data: .json(Array(data.utf8)), echo: isEchoed)
      client.say(.publish(id: RequestID(spokenNumber), request))
    }
  }
}
