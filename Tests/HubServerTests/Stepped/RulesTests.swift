import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms
@testable import HubServer

/// What namespaces say of their rooms, in a hub.
@Suite struct RulesTests {
  private static func namespaces(_ change: (inout NamespaceSettings) -> Void) -> Settings {
    var settings = SteppedScene.settings
    var namespace = NamespaceSettings(name: .all)
    change(&namespace)
    settings.namespaces = [namespace]
    return settings
  }

  /// What a subscriber without `after` has been told.
  private static func told(_ watch: RoomWatch?) -> [String] {
    guard let watch else { return ["nothing"] }
    return watch.sights.map { "\($0.position.offset) \($0.sight)" } + [watch.position?.offset.description ?? "nowhere"]
  }

  @Test(arguments: Seeds.run(10))
  func `a newcomer gets the latest event at once, and those who resume get what they missed`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      let scene = SteppedScene(seed: seed, settings: Self.namespaces { $0.lastValue = true })
      let early = scene.socket("early", in: "a")
      if early.watch("a")?.sights.isEmpty != true { scene.note("a silent room has said something") }
      scene.publish(3, to: "a")
      let socket = scene.socket("late", in: "a")
      let streams = [scene.stream("one", rooms: ["a"]), scene.stream("two", rooms: ["a", "b"])]
      let watches = { [socket.watch("a")] + streams.map { $0.rooms[0] } }
      scene.wait("the latest event") { watches().allSatisfy { $0?.position?.offset == 3 } }
      for watch in watches() where Self.told(watch) != ["3 event(\"\\\"x2\\\"\")", "3"] {
        scene.note("the newcomer was told \(Self.told(watch))")
      }
      // Hours later it is still there, and the others are not.
      _ = scene.hub.stepped.run(for: .seconds(3 * 3600), limit: 1_000_000)
      let later = scene.socket("later", in: "a")
      scene.wait("the latest event, later") { later.watch("a")?.position?.offset == 3 }
      if later.watch("a")?.sights.count != 1 { scene.note("later: \(Self.told(later.watch("a")))") }
      // Not for ever.
      for client in [early, socket, later] { client.disconnect() }
      for stream in streams { stream.disconnect() }
      _ = scene.hub.stepped.run(for: .seconds(25 * 3600), limit: 4_000_000)
      let last = scene.socket("last", in: "a")
      _ = scene.hub.stepped.run(for: .seconds(1), limit: 100_000)
      if last.watch("a")?.sights.isEmpty != true { scene.note("a day later: \(Self.told(last.watch("a")))") }
      return scene.problems
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }

  @Test(arguments: Seeds.run(10))
  func `nothing is kept in an ephemeral room, and everybody who is there gets it`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      let scene = SteppedScene(seed: seed, settings: Self.namespaces { $0.ephemeral = true })
      let socket = scene.socket("w", in: "a")
      let stream = scene.stream("s", rooms: ["a"])
      scene.publish(3, to: "a")
      scene.wait("all of them") { socket.watch("a")?.ephemerals.count == 3 && stream.rooms[0].ephemerals.count == 3 }
      if scene.answers.contains(where: { $0.position != nil }) { scene.note("an event has a position") }
      if scene.hub.historyBytes != 0 { scene.note("something is kept") }
      if socket.watch("a")?.position?.offset != 0 { scene.note("the room has moved on") }
      return scene.problems
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }

  @Test(arguments: Seeds.run(10))
  func `rules that are replaced hold for rooms that are open`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      let scene = SteppedScene(seed: seed, settings: SteppedScene.settings)
      let narrow = SimulatedLink.Conduct(capacity: 300, window: 200, bytesPerStep: 90, splitsSends: true)
      let socket = scene.socket("w", in: "a", narrow)
      scene.publish(3, to: "a")
      let book = try? NamespaceBook.of([
        Self.namespaces {
          $0.slow = .close
          $0.history.events = 2
        }.namespaces[0]
      ])
      guard let book else { return ["no book"] }
      scene.onHome(of: "a") { home, _ in await home.adopt { book.rules(for: $0) } }
      scene.publish(1, to: "a")
      scene.onHome(of: "a") { home, name in
        let summary = try await home.summary(name)
        if summary.events != 2 { throw HubError(.internal, "\(summary.events) events are kept") }
      }
      scene.wait("what was sent") { socket.watch("a")?.position?.offset == 4 }
      socket.readLimit = 0
      let long = String(repeating: "x", count: 300)
      scene.publish(400, to: "a", long)
      socket.readLimit = .max
      scene.wait("the end") { !socket.isConnected }
      if socket.closeCode != 4113 { scene.note("closed with \(String(describing: socket.closeCode))") }
      if socket.errors.last != "SLOW_CONSUMER" { scene.note("errors: \(socket.errors)") }
      return scene.problems + socket.problems
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }
}
