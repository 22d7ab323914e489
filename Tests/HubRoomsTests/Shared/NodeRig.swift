import HubIO
import HubTesting
import HubWire

@testable import HubRooms

/// Two nodes of one reactor each that share a store.
final class NodeRig {
  final class Watcher: RoomWatcher {
    let told = Lock<[RoomChange]>([])

    func roomChanged(_ room: RoomName, _ change: RoomChange, at time: Int64) {
      told.withLock { $0.append(change) }
    }
  }

  let stepped = SteppedReactors(count: 2, perProcess: 1, seed: 1)
  let network: SimulatedNetwork
  let store: SharedStore
  let engines: [SharedEngine]
  let directories: [RoomDirectory]
  let watchers = [Watcher(), Watcher()]
  private var subscriptions: [Subscription] = []
  /// The lines of tests at which something was not as it should be.
  private(set) var wrong: [Int] = []

  init(hasPresence: Bool = true) {
    network = SimulatedNetwork(stepped.kernels)
    let store = SharedStore(clock: stepped.clock)
    self.store = store
    engines = ["a", "b"].map { store.engine(of: $0) }
    let limits = RoomLimits(
      rules: { _ in
        var rules = RoomRules(history: HistoryLimit())
        rules.hasPresence = hasPresence
        rules.isWatched = true
        return rules
      }, historyPerReactor: 1 << 20, roomsPerReactor: 100)
    directories = [0, 1].map { [stepped, engines, watchers] node in
      RoomDirectory(
        reactors: [stepped.reactors[node]], engine: engines[node], limits: limits,
        outbox: OutboxLimit(frames: 256, bytes: 1 << 20), node: engines[node].node, watcher: watchers[node])
    }
    for node in 0..<2 { stepped.on(node) { _ in directories[node].start(on: 0) } }
    stepped.participants = [network, store]
  }

  /// No expectation would know its test on a thread that is not the test's.
  func check(_ isSo: Bool, line: Int = #line) {
    if !isSo { wrong.append(line) }
  }

  func home(_ node: Int) -> Rooms { directories[node].homes[0] }

  func pass(_ duration: Duration = .milliseconds(50)) {
    _ = stepped.run(for: duration, limit: 100_000)
  }

  /// What a node's rooms answer.
  func ask<Answer: Sendable>(
    _ node: Int, _ question: @escaping @Sendable (Rooms) async throws(HubError) -> Answer
  ) -> Result<Answer, HubError>? {
    let answer = Lock<Result<Answer, HubError>?>(nil)
    let home = home(node)
    stepped.on(node) { reactor in
      _ = Task(executorPreference: reactor) {
        do throws(HubError) {
          let value = try await question(home)
          answer.withLock { $0 = .success(value) }
        } catch {
          answer.withLock { $0 = .failure(error) }
        }
      }
    }
    pass()
    return answer.withLock { $0 }
  }

  @discardableResult
  func publish(_ data: String = "1", on node: Int, isEphemeral: Bool = false) -> Publication? {
    let submission = Submission(event: Samples.new(data, isEphemeral: isEphemeral), key: nil)
    let now = stepped.clock.now
    let answers = ask(node) { home async throws(HubError) in
      await home.publish([submission], to: Samples.room, received: now)
    }
    return try? answers?.get().first?.get()
  }

  /// - Returns: why it was refused, or where it stands.
  @discardableResult
  func subscribe(on node: Int, as user: String? = nil, after point: ResumePoint? = nil) -> (Subscription, String) {
    let presence = user.map { Presence(room: Samples.room, connection: .random(), user: $0, info: nil) }
    _ = network.connect(to: node, SimulatedLink.Conduct())
    let standing = Lock<String>("nothing")
    let fanout = directories[node].fanouts[0]
    let subscription = stepped.on(node) { reactor in
      let channel = Channel(descriptor: stepped.kernels[node].accept(0).0, reactor: reactor)
      reactor.add(channel)
      return Subscription(
        room: Samples.room, connection: .random(), channel: channel, encoding: .webSocket, presence: presence
      ) { told in
        let recovered = told.recovered.map { $0 ? " recovered" : " not recovered" } ?? ""
        standing.withLock { $0 = "\(told.position)\(recovered)" }
      }
    }
    subscriptions.append(subscription)
    stepped.on(node) { reactor in
      _ = Task(executorPreference: reactor) {
        do throws(HubError) {
          try await fanout.attach(subscription, after: point)
        } catch { standing.withLock { $0 = error.code.rawValue } }
      }
    }
    pass()
    return (subscription, standing.withLock { $0 })
  }

  func leave(_ subscription: Subscription, on node: Int) {
    let fanout = directories[node].fanouts[0]
    stepped.on(node) { _ in fanout.assumeIsolated { $0.leave(subscription) } }
    pass()
  }

  /// The engine tells something on its own.
  func tell(_ arrival: RoomArrival, on node: Int) {
    stepped.on(node) { _ in directories[node].arrived(arrival, in: Samples.room, on: 0) }
  }

  /// An event is on its way to the engine when this returns.
  func beginPublishing(on node: Int) {
    let submission = Submission(event: Samples.new("1"), key: nil)
    let (home, now) = (home(node), stepped.clock.now)
    stepped.on(node) { reactor in
      _ = Task(executorPreference: reactor) {
        await home.publish([submission], to: Samples.room, received: now)
      }
    }
    // The reactors do what there is to do, and nobody else does anything.
    let others = stepped.participants
    stepped.participants = []
    pass(.microseconds(100))
    stepped.participants = others
  }

  /// How many events the room holds back.
  func held(on node: Int) -> Int {
    let home = home(node)
    return stepped.on(node) { _ in
      home.assumeIsolated { $0.rooms[Samples.room]?.assumeIsolated { $0.held?.events.count ?? 0 } } ?? -1
    }
  }

  /// One more subscribes, and nothing else happens.
  func attachNow(on node: Int) {
    let home = home(node)
    _ = network.connect(to: node, SimulatedLink.Conduct())
    let subscription = stepped.on(node) { reactor in
      let channel = Channel(descriptor: stepped.kernels[node].accept(0).0, reactor: reactor)
      reactor.add(channel)
      return Subscription(room: Samples.room, connection: .random(), channel: channel, encoding: .webSocket) { _ in }
    }
    subscriptions.append(subscription)
    let isDone = stepped.on(node) { _ in
      home.assumeIsolated { rooms in
        (try? rooms.attachNow(subscription, reactor: 0, after: nil, limit: ReadLimit(events: 10, bytes: 1000))) == true
      }
    }
    check(isDone)
  }

  func isOpen(on node: Int) -> Bool {
    let home = home(node)
    return stepped.on(node) { _ in home.assumeIsolated { $0.isOpen(Samples.room) } }
  }

  func newest(on node: Int) -> Position? {
    let home = home(node)
    return stepped.on(node) { _ in home.assumeIsolated { $0.rooms[Samples.room]?.assumeIsolated { $0.state.newest } } }
  }

  func users(on node: Int) -> [String] {
    let home = home(node)
    return stepped.on(node) { _ in
      home.assumeIsolated { $0.membersHere(Samples.room, after: nil, limit: 100).members.map(\.user).sorted() }
    }
  }

  func told(on node: Int) -> [RoomChange] { watchers[node].told.withLock { $0 } }
}
