import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms

/// Many who come to the same room at the same time, from the reactor of its home and from another.
@Suite struct RoomOpeningTests {
  /// How many came through, and how often the engine was asked for the room.
  private static func crowd(seed: UInt64) -> (through: Int, opened: Int) {
    let stepped = SteppedReactors(count: 2, seed: seed)
    let engine = ScriptedEngine()
    engine.holdsOpen = { true }
    stepped.participants = [engine]
    let rules: @Sendable (RoomName) -> RoomRules = { _ in RoomRules(history: HistoryLimit()) }
    let directory = RoomDirectory(
      reactors: stepped.reactors, engine: engine,
      limits: RoomLimits(rules: rules, historyPerReactor: 1 << 20, roomsPerReactor: 100),
      outbox: OutboxLimit(frames: 256, bytes: 1 << 20))
    for index in 0..<2 { stepped.on(index) { _ in directory.start(on: index) } }
    let home = directory.home(of: Samples.room)
    let through = Lock(0)
    for number in 0..<10 {
      stepped.on(number % 2) { reactor in
        _ = Task(executorPreference: reactor) {
          if (try? await home.summary(Samples.room)) != nil { through.withLock { $0 += 1 } }
        }
      }
      for _ in 0..<stepped.random.number(in: 0...6) { _ = stepped.step() }
    }
    _ = stepped.run(limit: 2000) { through.withLock { $0 } == 10 }
    return (through.withLock { $0 }, engine.opened)
  }

  @Test func `a room is made once, and nobody waits for what has happened`() {
    for seed in Seeds.run(200) {
      let (through, opened) = Self.crowd(seed: seed)
      #expect(through == 10, "ROOMCAST_SEED=\(seed)")
      #expect(opened == 1, "ROOMCAST_SEED=\(seed)")
    }
  }
}
