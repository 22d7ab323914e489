import HubDisk
import HubRooms
import HubWire
import Testing

/// What every engine promises about where rooms stand.
@Suite struct PlaceTests {
  @Test(arguments: EngineKind.timed)
  func `a room that is gone is remembered for its time, and then begins a new epoch`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let first = try await rig.open("a").newest
    #expect(first.offset == 0)
    _ = await rig.append()
    rig.pass(60)
    _ = try await rig.open("b")
    // In a store its events are too old by now, which an event of another room shows.
    _ = await rig.append("b")
    await rig.close("a")
    rig.pass(1)
    #expect(rig.engine.statistics.rememberedRooms == 1)
    rig.pass(99)
    #expect(try await rig.open("a").newest == Position(epoch: first.epoch, offset: 1))
    #expect(rig.engine.statistics.rememberedRooms == 0)
    await rig.close("a")
    rig.pass(102)
    let second = try await rig.open("a").newest
    #expect(second.offset == 0 && second.epoch != first.epoch)
    #expect(await rig.append().fresh == Position(epoch: second.epoch, offset: 1))
  }

  @Test(arguments: EngineKind.timed)
  func `an open room is never forgotten`(kind: EngineKind) async throws {
    var limits = Samples.limits
    limits.rememberedRooms = 1
    let rig = try EngineRig(kind, limits: limits)
    let first = try await rig.open("a").newest
    _ = await rig.append()
    for number in 0..<10 {
      _ = try await rig.open("b\(number)")
      _ = await rig.append("b\(number)")
      await rig.close("b\(number)")
      rig.pass(30)
    }
    #expect(try await rig.open("a").newest == Position(epoch: first.epoch, offset: 1))
  }

  @Test(arguments: EngineKind.timed)
  func `of too many rooms the longest unused goes first`(kind: EngineKind) async throws {
    var limits = Samples.limits
    limits.rememberedRooms = 3
    let rig = try EngineRig(kind, limits: limits)
    var epochs: [String: String] = [:]
    for name in ["a", "b", "c", "d", "e"] {
      epochs[name] = try await rig.open(name).newest.epoch
      _ = await rig.append(name)
      await rig.close(name)
      // `a` is used again and again.
      _ = try await rig.open("a")
      await rig.close("a")
      rig.pass(1)
      #expect(rig.engine.statistics.rememberedRooms <= 3)
    }
    for name in ["a", "d", "e"] {
      #expect(try await rig.open(name).newest == Position(epoch: epochs[name] ?? "", offset: 1))
    }
    for name in ["b", "c"] { #expect(try await rig.open(name).newest.offset == 0) }
  }

  @Test(arguments: EngineKind.timed)
  func `a position that was told while a room was silent is still right when it speaks`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let silent = try await rig.open("a").newest
    #expect(try await rig.open("a").newest == silent)
    // Another room comes and is forgotten meanwhile.
    _ = try await rig.open("b")
    _ = await rig.append("b")
    rig.pass(60)
    _ = await rig.append("c")
    await rig.close("b")
    rig.pass(120)
    #expect(await rig.append("a").fresh == Position(epoch: silent.epoch, offset: 1))
  }
}
