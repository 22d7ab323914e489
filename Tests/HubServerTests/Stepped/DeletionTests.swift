import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms
@testable import HubServer

/// Rooms that are deleted while somebody is in them.
@Suite struct DeletionTests {
  private static let narrow = SimulatedLink.Conduct(capacity: 300, window: 200, bytesPerStep: 90, splitsSends: true)

  @Test(arguments: Seeds.run(20))
  func `everybody is told, live or late, and finds another epoch`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      var settings = SteppedScene.settings
      settings.outbox.frames = 4
      let scene = SteppedScene(seed: seed, settings: settings)
      let sockets = [scene.socket("live", in: "a"), scene.socket("late", in: "a", Self.narrow)]
      let streams = [scene.stream("one", rooms: ["a"]), scene.stream("two", rooms: ["b", "a"])]
      sockets[1].readLimit = 0
      scene.publish(12, to: "a", String(repeating: "x", count: 80))
      let before = sockets[0].watch("a")?.position
      scene.delete("a")
      sockets[1].readLimit = .max
      scene.wait("everybody is told") {
        sockets.allSatisfy { $0.watch("a")?.isSubscribed == false } && !streams[0].isConnected
          && !streams[1].rooms[1].isSubscribed
      }
      if sockets[0].watch("a")?.position?.offset != 12 { scene.note("the live one has not got what came before") }
      if !streams[1].isConnected || !streams[1].rooms[0].isSubscribed { scene.note("the other room is gone too") }
      scene.publish(1, to: "a")
      scene.publish(1, to: "b")
      scene.wait("the other room goes on") { streams[1].rooms[0].sights.count == 1 }
      for socket in sockets { socket.subscribe(["a"]) }
      scene.wait("they are back") { sockets.allSatisfy { $0.watch("a")?.isSubscribed == true } }
      for socket in sockets {
        let position = socket.watch("a")?.position
        if position?.epoch == before?.epoch || position?.offset != 1 {
          scene.note("back at \(String(describing: position))")
        }
        if socket.watch("a")?.failedRecoveries != 1 {
          scene.note("\(socket.name) was not told that it missed something")
        }
      }
      let all = sockets.flatMap(\.problems) + sockets.flatMap { $0.rooms.flatMap(\.problems) }
      return scene.problems + all + streams.flatMap(\.problems) + streams.flatMap { $0.rooms.flatMap(\.problems) }
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }

  @Test(arguments: Seeds.run(20))
  func `a deletion whose answer is lost is a gap to those who are there, and is repeated`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      let engine = ScriptedEngine(keepsEvents: true)
      let scene = SteppedScene(seed: seed, settings: SteppedScene.settings, engine: engine, participants: [engine])
      let socket = scene.socket("w", in: "a")
      scene.publish(3, to: "a")
      scene.wait("three") { socket.watch("a")?.position?.offset == 3 }
      engine.dropVerdict = { .lose }
      let hasFailed = Lock(false)
      scene.onHome(of: "a") { home, name in
        do { try await home.delete(name) } catch { hasFailed.withLock { $0 = true } }
      }
      if !hasFailed.withLock({ $0 }) { scene.note("nobody was told that it may have failed") }
      scene.wait("a gap") { socket.watch("a")?.gaps == 1 }
      scene.publish(1, to: "a")
      scene.wait("what comes next") { socket.watch("a")?.position?.offset == 1 }
      engine.dropVerdict = { .later }
      scene.delete("a")
      scene.wait("the end") { socket.watch("a")?.isSubscribed == false }
      return scene.problems + socket.problems + socket.rooms.flatMap(\.problems)
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }

  @Test(arguments: Seeds.run(20))
  func `deletions and publishes at once leave the room where its engine is`(seed: UInt64) async {
    let problems = await BlockingThread.run {
      let engine = ScriptedEngine(keepsEvents: true)
      var random = SeededRandom(seed: seed)
      engine.verdict = { _ in random.once(in: 2) ? .now : .later }
      engine.dropVerdict = { random.once(in: 2) ? .now : .later }
      let scene = SteppedScene(seed: seed, settings: SteppedScene.settings, engine: engine, participants: [engine])
      guard let name = try? RoomName("a") else { return ["no room"] }
      let home = scene.hub.node.directory.home(of: name)
      let done = Lock(0)
      for round in 0..<6 {
        for _ in 0..<2 {
          Task(executorPreference: home.reactor) {
            try? await home.delete(name)
            done.withLock { $0 += 1 }
          }
        }
        scene.publish(1 + round % 3, to: "a")
      }
      scene.wait("all deletions") { done.withLock { $0 == 12 } }
      _ = scene.hub.stepped.run(for: .seconds(5), limit: 100_000)
      let socket = scene.socket("w", in: "a")
      scene.publish(2, to: "a")
      let newest = scene.answers.last?.position
      scene.wait("the newest event") { socket.watch("a")?.position == newest }
      if socket.watch("a")?.gaps != 0 { scene.note("a gap in a quiet room") }
      return scene.problems + socket.problems + socket.rooms.flatMap(\.problems)
    }
    #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
  }
}
