import HubDisk
import HubRooms
import HubWire
import Testing

/// What every engine promises about idempotency keys.
@Suite struct KeyTests {
  @Test(arguments: EngineKind.allCases)
  func `the same key for the same event gives the same answer and no second event`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let position = await rig.append(key: "k", subscribers: 7).fresh
    #expect(position?.offset == 1)
    #expect(await rig.append(key: "k", subscribers: 8) == .success(.duplicate(position, subscribers: 7)))
    #expect(await rig.append().fresh?.offset == 2)
  }

  @Test(arguments: EngineKind.allCases)
  func `a key counts for one room and one principal`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    _ = await rig.append(key: "k")
    #expect(await rig.append(key: "k", principal: "ann").fresh?.offset == 2)
    #expect(await rig.append("b", key: "k").fresh?.offset == 1)
  }

  @Test(arguments: EngineKind.allCases)
  func `a key used for another event is a conflict and takes nothing`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    _ = await rig.append(key: "k")
    #expect(await rig.append(key: "k", digest: 9).code == .conflict)
    #expect(await rig.append().fresh?.offset == 2)
  }

  @Test(arguments: EngineKind.allCases)
  func `a key counts within its own batch`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let answers = await rig.append(
      [Samples.append(key: "k"), Samples.append(key: "k"), Samples.append(key: "k", digest: 9), Samples.append()],
      to: "a")
    #expect(answers[1] == .success(.duplicate(answers[0].fresh, subscribers: 0)))
    #expect(answers[2].code == .conflict)
    #expect(answers[3].fresh?.offset == 2)
  }

  @Test(arguments: EngineKind.allCases)
  func `keys of ephemeral events count too`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    #expect(await rig.append(key: "k", isEphemeral: true) == .success(.fresh(nil)))
    #expect(await rig.append(key: "k", isEphemeral: true) == .success(.duplicate(nil, subscribers: 0)))
    #expect(await rig.append().fresh?.offset == 1)
  }

  @Test(arguments: EngineKind.timed)
  func `a key is forgotten after its time, and may then be used anew`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    _ = await rig.append(key: "k")
    rig.pass(10)
    #expect(await rig.append(key: "k").fresh == nil)
    rig.pass(1)
    let anew = await rig.append(key: "k").fresh
    #expect(anew?.offset == 2)
    rig.pass(5)
    #expect(await rig.append(key: "k") == .success(.duplicate(anew, subscribers: 0)))
  }

  @Test(arguments: EngineKind.timed)
  func `of too many keys the oldest goes first`(kind: EngineKind) async throws {
    var limits = Samples.limits
    limits.idempotencyKeys = 3
    let rig = try EngineRig(kind, limits: limits)
    for number in 0..<10 { _ = await rig.append(key: "k\(number)") }
    _ = await rig.append((10..<20).map { Samples.append(key: "k\($0)") }, to: "a")
    #expect(rig.engine.statistics.keys == 3)
    for number in 17..<20 { #expect(await rig.append(key: "k\(number)").fresh == nil) }
    #expect(await rig.append(key: "k16").fresh?.offset == 21)
    // Within a batch too: the last one has been forgotten by then.
    let batch = await rig.append(["x1", "x2", "x3", "x4", "x1"].map { Samples.append(key: $0) }, to: "b")
    #expect(batch.map { $0.fresh?.offset } == [1, 2, 3, 4, 5])
    #expect(await rig.append(key: "k17").fresh?.offset == 22)
  }
}
