import HubIO
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// What is read is what was written.
@Suite struct ReadTests {
  @Test func `any part is the part of the history that it should be`() async throws {
    for seed in Seeds.run(5) {
      var random = SeededRandom(seed: seed)
      let rig = try EngineRig()
      var model: [Event] = []
      for time in 1...40 {
        let append = NewAppend(event: try Samples.event(&random), key: nil, subscribers: 0, time: Int64(time))
        let position = await rig.append([append], to: "a")[0].fresh
        model.append(Event(append.event, room: Samples.room("a"), position: position, time: append.time))
        if random.once(in: 3) { _ = await rig.append("b") }
      }
      for _ in 0..<40 {
        let (after, through) = (UInt64(random.number(in: 0..<45)), UInt64(random.number(in: 0..<45)))
        let limit = ReadLimit(events: random.number(in: 1..<50), bytes: random.number(in: 1..<30_000))
        let part = try await rig.read(after: after, through: through, events: limit.events, bytes: limit.bytes)
        #expect(part.place == RoomPlace(newest: try await rig.open("a").newest, oldest: 1))
        let expected = Self.part(of: model, after: after, through: through, limit)
        #expect(part.events.map { $0.frame } == expected.map { $0.frame }, "ROOMCAST_SEED=\(seed)")
        #expect(part.events.map { $0.time } == expected.map { $0.time })
        #expect(part.events.map { $0.excluded } == expected.map { $0.excluded })
        #expect(part.events.map { $0.name } == expected.map { $0.name })
      }
    }
  }

  private static func part(of model: [Event], after: UInt64, through: UInt64, _ limit: ReadLimit) -> [Event] {
    var part: [Event] = []
    var bytes = 0
    for event in model where event.offset > after && event.offset <= through && part.count < limit.events {
      bytes += event.frame.bytes.count
      if bytes > limit.bytes, !part.isEmpty { break }
      part.append(event)
    }
    return part
  }

  @Test func `a room without events has none, and a place`() async throws {
    let rig = try EngineRig()
    let place = try await rig.open("a")
    let part = try await rig.read()
    #expect(part.place == place && part.events.isEmpty)
    _ = await rig.append()
    #expect(try await rig.read(after: .max).events.isEmpty)
    #expect(try await rig.read("unknown").place.newest.offset == 0)
  }

  @Test func `reads that wait too long are given up`() async throws {
    let rig = try EngineRig()
    _ = await rig.append()
    let engine = try #require(rig.disk)
    let read = Task {
      await engine.result(of: "a")
    }
    while engine.shared.reads.withLock({ $0.isEmpty }) { await Task.yield() }
    engine.tick(at: Samples.moment(10))
    #expect(!engine.shared.reads.withLock { $0.isEmpty })
    engine.tick(at: Samples.moment(11))
    #expect(await read.value == .engineUnavailable)
  }
}

extension DiskEngine {
  fileprivate func result(of room: String) async -> ErrorCode? {
    do throws(HubError) {
      _ = try await read(Samples.room(room), after: 0, through: 9, limit: ReadLimit(events: 9, bytes: 999))
      return nil
    } catch {
      return error.code
    }
  }
}
