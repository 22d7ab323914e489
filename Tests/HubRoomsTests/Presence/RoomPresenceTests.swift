import HubIO
import HubTesting
import HubWire
import Synchronization
import Testing

@testable import HubRooms

/// Rooms on stepped reactors whose home is another than their subscribers', and what their watcher is told.
@Suite struct RoomPresenceTests {
  private final class Watcher: RoomWatcher {
    let told = Lock<[String]>([])

    func roomChanged(_ room: RoomName, _ change: RoomChange, at time: Int64) {
      told.withLock { told in
        switch change {
        case .occupied: told.append("occupied")
        case .vacated: told.append("vacated")
        case .joined(let user, _): told.append("joined \(user)")
        case .left(let user, _): told.append("left \(user)")
        }
      }
    }
  }

  private final class Rig {
    let stepped = SteppedReactors(count: 2, seed: 1)
    let network: SimulatedNetwork
    let directory: RoomDirectory
    let watcher = Watcher()
    private var subscriptions: [Subscription] = []
    private var failures: [String] = []

    init(hasPresence: Bool = true, isWatched: Bool = true) {
      network = SimulatedNetwork(stepped.kernels)
      let limits = RoomLimits(
        rules: { _ in
          var rules = RoomRules(history: HistoryLimit())
          rules.hasPresence = hasPresence
          rules.isWatched = isWatched
          return rules
        }, historyPerReactor: 1 << 20, roomsPerReactor: 100)
      directory = RoomDirectory(
        reactors: stepped.reactors, engine: MemoryEngine(), limits: limits,
        outbox: OutboxLimit(frames: 256, bytes: 1 << 20), watcher: watcher)
      for index in 0..<2 { stepped.on(index) { _ in directory.start(on: index) } }
      stepped.participants = [network]
    }

    var told: [String] { watcher.told.withLock { $0 } }
    var home: Rooms { directory.home(of: Samples.room) }
    /// The reactor that is not the home.
    private var side: Int { 1 - home.reactor.index }
    private var fanout: Fanout { directory.fanouts[side] }

    func pass(_ duration: Duration) {
      _ = stepped.run(for: duration, limit: 100_000)
    }

    /// Subscribes, and says what it was refused for.
    func subscribe(_ user: String?) -> (Subscription, refusal: String?) {
      let (side, fanout) = (side, fanout)
      let presence = user.map { Presence(room: Samples.room, connection: .random(), user: $0, info: nil) }
      _ = network.connect(to: side, SimulatedLink.Conduct())
      let subscription = stepped.on(side) { reactor in
        let channel = Channel(descriptor: stepped.kernels[side].accept(0).0, reactor: reactor)
        reactor.add(channel)
        return Subscription(
          room: Samples.room, connection: .random(), channel: channel, encoding: .webSocket, presence: presence
        ) { _ in }
      }
      subscriptions.append(subscription)
      let refusal = Lock<String?>(nil)
      stepped.on(side) { reactor in
        _ = Task(executorPreference: reactor) {
          do throws(HubError) {
            try await fanout.attach(subscription, after: nil)
          } catch { refusal.withLock { $0 = error.code.rawValue } }
        }
      }
      pass(.milliseconds(50))
      return (subscription, refusal.withLock { $0 })
    }

    func leave(_ subscription: Subscription) {
      stepped.on(side) { _ in fanout.assumeIsolated { $0.leave(subscription) } }
      pass(.milliseconds(50))
    }

    /// The reactor renews it no longer.
    func forget(_ presence: Presence) {
      stepped.on(side) { _ in fanout.assumeIsolated { $0.roll.remove(presence) } }
    }

    func renew(_ presence: Presence) {
      let home = home
      stepped.on(home.reactor.index) { _ in home.assumeIsolated { $0.renew([presence]) } }
    }

    /// The room has been dropped, or tells no longer who is there.
    func forgetMembers() {
      let home = home
      stepped.on(home.reactor.index) { _ in
        home.assumeIsolated { $0.rooms[Samples.room]?.assumeIsolated { $0.forgetMembers() } }
      }
    }

    var rooms: (count: Int, statistics: PresenceStatistics) {
      let home = home
      return stepped.on(home.reactor.index) { _ in home.assumeIsolated { ($0.count, $0.presence) } }
    }
  }

  @Test func `a watcher is told in order who comes and goes, and when a room is left by all`() async {
    let told = await BlockingThread.run { () -> [[String]] in
      let rig = Rig()
      let looker = rig.subscribe(nil).0
      let first = rig.subscribe("ann").0
      let second = rig.subscribe("ann").0
      rig.leave(looker)
      rig.leave(first)
      rig.leave(second)
      rig.pass(.seconds(2))
      let early = rig.told
      rig.pass(.seconds(2))
      return [early, Array(rig.told.dropFirst(early.count))]
    }
    #expect(told == [["occupied", "joined ann", "vacated"], ["left ann"]])
  }

  @Test func `a watcher hears nothing of a room that nobody wants to know of`() async {
    let told = await BlockingThread.run { () -> [String] in
      let rig = Rig(isWatched: false)
      rig.leave(rig.subscribe("ann").0)
      rig.pass(.seconds(4))
      return rig.told
    }
    #expect(told == [])
  }

  @Test func `a room is there for as long as a leave is held back, and no longer`() async {
    let counts = await BlockingThread.run {
      let rig = Rig()
      rig.leave(rig.subscribe("ann").0)
      rig.pass(.seconds(2))
      let early = rig.rooms.count
      rig.pass(.seconds(4))
      return [early, rig.rooms.count, rig.rooms.statistics.members]
    }
    #expect(counts == [1, 0, 0])
  }

  @Test func `who is renewed stays, and who is not is gone with the lease and comes back`() async {
    let told = await BlockingThread.run { () -> [[String]] in
      let rig = Rig()
      let subscription = rig.subscribe("ann").0
      guard let presence = subscription.presence else { return [] }
      rig.pass(.seconds(600))
      var told = [rig.told]
      rig.forget(presence)
      rig.pass(.seconds(65))
      told.append(rig.told)
      rig.renew(presence)
      told.append(rig.told)
      rig.leave(subscription)
      // What was under way when it left brings nobody back.
      rig.renew(presence)
      rig.pass(.seconds(5))
      rig.renew(presence)
      told.append(rig.told)
      told.append(["\(rig.rooms.statistics.expired)", "\(rig.rooms.statistics.members)"])
      return told
    }
    #expect(
      told == [
        ["occupied", "joined ann"], ["occupied", "joined ann", "left ann"],
        ["occupied", "joined ann", "left ann", "joined ann"],
        ["occupied", "joined ann", "left ann", "joined ann", "vacated", "left ann"], ["1", "0"],
      ])
  }

  @Test func `a room can forget its members at once, and their goodbyes change nothing more`() async {
    let told = await BlockingThread.run { () -> [String] in
      let rig = Rig()
      let subscriptions = ["ann", "bob"].map { rig.subscribe($0).0 }
      rig.forgetMembers()
      for subscription in subscriptions { rig.leave(subscription) }
      rig.pass(.seconds(5))
      return rig.told + ["\(rig.rooms.statistics.members) of \(rig.rooms.count)"]
    }
    #expect(told == ["occupied", "joined ann", "joined bob", "left ann", "left bob", "vacated", "0 of 0"])
  }

  @Test func `where presence is off nobody can be seen, and nothing is kept`() async {
    let outcome = await BlockingThread.run {
      let rig = Rig(hasPresence: false)
      let refusal = rig.subscribe("ann").refusal
      let other = rig.subscribe(nil).refusal
      return [refusal ?? "none", other ?? "none"] + rig.told
    }
    #expect(outcome == ["FORBIDDEN", "none", "occupied"])
  }
}
