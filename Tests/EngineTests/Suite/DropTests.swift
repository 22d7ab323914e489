import HubDisk
import HubRooms
import HubWire
import Testing

/// What every engine promises about rooms that are dropped.
@Suite struct DropTests {
  @Test(arguments: EngineKind.allCases)
  func `a room that is dropped begins a new epoch, and its events and keys are gone`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let first = try await rig.open("a").newest
    _ = await rig.append(key: "k")
    _ = await rig.append(key: "e", isEphemeral: true)
    _ = await rig.append("b", key: "k")
    let place = try await rig.drop("a")
    #expect(place.newest.offset == 0 && place.newest.epoch != first.epoch)
    #expect(try await rig.open("a") == place)
    #expect(await rig.append(key: "k", digest: 9).fresh == Position(epoch: place.newest.epoch, offset: 1))
    #expect(await rig.append(key: "e", isEphemeral: true) == .success(.fresh(nil)))
    // Those of other rooms count.
    #expect(await rig.append("b", key: "k").fresh == nil)
    #expect(await rig.append("b").fresh?.offset == 2)
  }

  @Test(arguments: EngineKind.timed)
  func `keys that are used after a drop count, for their time`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    _ = try await rig.open("a")
    _ = await rig.append(key: "k")
    _ = try await rig.drop("a")
    rig.pass(5)
    let anew = await rig.append(key: "k").fresh
    // By now the first use has had its time, and the second has not.
    rig.pass(8)
    #expect(await rig.append(key: "k") == .success(.duplicate(anew, subscribers: 0)))
    rig.pass(3)
    #expect(await rig.append(key: "k").fresh?.offset == 2)
  }

  @Test(arguments: EngineKind.allCases)
  func `every drop begins another epoch, of rooms that nobody knows too`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    var epochs: Set<String> = [try await rig.open("a").newest.epoch]
    for round in 1...4 {
      if round.isMultiple(of: 2) { _ = await rig.append() }
      let place = try await rig.drop("a")
      #expect(epochs.insert(place.newest.epoch).inserted)
      #expect(try await rig.open("a") == place)
    }
    let told = try await rig.open("silent").newest
    let unknown = try await rig.drop("unknown").newest
    #expect(try await rig.open("unknown").newest == unknown)
    // What others were told stays right.
    #expect(try await rig.open("silent").newest == told)
    #expect(await rig.append("silent").fresh == Position(epoch: told.epoch, offset: 1))
  }

  @Test(arguments: EngineKind.timed)
  func `a room that has left is dropped too, and forgotten in its time`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let first = try await rig.open("a").newest
    _ = await rig.append()
    await rig.close("a")
    let dropped = try await rig.drop("a").newest
    #expect(dropped.epoch != first.epoch)
    let opened = try await rig.open("a").newest
    #expect(opened == dropped)
    await rig.close("a")
    rig.pass(102)
    // Whatever comes next has it look.
    _ = try await rig.open("b")
    #expect(rig.engine.statistics.rememberedRooms == 0)
  }

  @Test(arguments: EngineKind.allCases)
  func `appends around a drop stand on one side of it`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let before = try await rig.open("a").newest.epoch
    let (engine, now, room) = (rig.engine, rig.now, Samples.room("a"))
    let answers = await rig.run {
      async let first = engine.append([Samples.append(), Samples.append()], to: room, at: now)
      async let dropped = try? engine.drop(room, at: now)
      async let second = engine.append([Samples.append()], to: room, at: now)
      return (await first + second, await dropped)
    }
    let after = try #require(answers.1).newest.epoch
    #expect(after != before)
    let places = answers.0.compactMap(\.fresh)
    #expect(places.count == 3)
    for epoch in [before, after] {
      let offsets = places.filter { $0.epoch == epoch }.map(\.offset).sorted()
      #expect(offsets == (0..<UInt64(offsets.count)).map { $0 + 1 })
    }
    #expect(places.allSatisfy { $0.epoch == before || $0.epoch == after })
    #expect(try await rig.open("a").newest.epoch == after)
  }

  @Test func `what was dropped is gone from the disk, and stays gone after a crash`() async throws {
    let directory = TemporaryDirectory()
    let rig = try EngineRig(.disk, directory: directory)
    let first = try await rig.open("a").newest
    for _ in 0..<5 { _ = await rig.append(key: "k") }
    _ = await rig.append()
    let dropped = try await rig.drop("a").newest
    _ = await rig.append("b")
    #expect(rig.engine.statistics.dropped == 2, "the events have left the tables")
    rig.crash()
    let again = try EngineRig(.disk, directory: directory)
    let place = try await again.open("a")
    #expect(place.newest.offset == 0 && place.newest.epoch != first.epoch && place.newest == dropped)
    #expect(try await again.read("a").events.isEmpty)
    #expect(await again.append(key: "k").fresh?.offset == 1)
    #expect(try await again.read("a").events.map(\.offset) == [1])
  }

  @Test func `many drops at once are each a transaction, and all are answered`() async throws {
    let rig = try EngineRig(.disk)
    let (engine, now) = (rig.engine, rig.now)
    for name in ["a", "b", "c"] { _ = await rig.append(name) }
    let places = await rig.run {
      await withTaskGroup(of: Position?.self) { group in
        for number in 0..<30 {
          group.addTask { try? await engine.drop(Samples.room(["a", "b", "c"][number % 3]), at: now).newest }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(places.count == 30 && places.allSatisfy { $0?.offset == 0 })
    #expect(rig.engine.statistics.waiting == 0)
  }
}
