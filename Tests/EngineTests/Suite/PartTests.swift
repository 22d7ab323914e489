import HubRooms
import HubTesting
import HubWire
import Testing

/// What every engine that keeps events promises about reading them.
@Suite struct PartTests {
  @Test(arguments: EngineKind.keeping)
  func `any part begins where it should, has no hole, and at least one event where there is one`(
    kind: EngineKind
  ) async throws {
    for seed in Seeds.run(3) {
      var random = SeededRandom(seed: seed)
      let rig = try EngineRig(kind)
      var model: [Event] = []
      for time in 1...40 {
        let append = NewAppend(event: try Samples.event(&random), key: nil, subscribers: 0, time: Int64(time))
        let position = await rig.append([append], to: "a")[0].fresh
        model.append(Event(append.event, room: Samples.room("a"), position: position, time: append.time))
      }
      for _ in 0..<40 {
        let (after, through) = (UInt64(random.number(in: 0..<45)), UInt64(random.number(in: 0..<45)))
        let limit = ReadLimit(events: random.number(in: 1..<50), bytes: random.number(in: 1..<30_000))
        let part = try await rig.read(after: after, through: through, events: limit.events, bytes: limit.bytes)
        #expect(part.place == RoomPlace(newest: try await rig.open("a").newest, oldest: 1))
        let all = model.filter { $0.offset > after && $0.offset <= through }
        let expected = all.prefix(part.events.count)
        #expect(part.events.map { $0.frame } == expected.map { $0.frame }, "ROOMCAST_SEED=\(seed)")
        #expect(part.events.map { $0.time } == expected.map { $0.time })
        #expect(part.events.map { $0.excluded } == expected.map { $0.excluded })
        #expect(part.events.count <= limit.events && part.events.isEmpty == all.isEmpty)
        let bytes = part.events.reduce(0) { $0 + $1.frame.bytes.count }
        #expect(part.events.count < 2 || bytes <= limit.bytes + 200 * part.events.count)
        // It ends because a limit is met.
        let next = all.dropFirst(part.events.count).first.map { $0.frame.bytes.count } ?? .max
        #expect(
          part.events.count == min(limit.events, all.count) || bytes + next > limit.bytes, "ROOMCAST_SEED=\(seed)")
      }
    }
  }

  @Test(arguments: EngineKind.keeping)
  func `a room without events has none, and a place`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let place = try await rig.open("a")
    let part = try await rig.read()
    #expect(part.place == place && part.events.isEmpty)
    _ = await rig.append()
    #expect(try await rig.read(after: .max).events.isEmpty)
    #expect(try await rig.read("unknown").place.newest.offset == 0)
  }
}
