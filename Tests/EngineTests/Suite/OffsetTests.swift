import HubRooms
import HubTesting
import HubWire
import Testing

/// What every engine promises about offsets.
@Suite struct OffsetTests {
  @Test(arguments: EngineKind.allCases)
  func `offsets of a room are 1, 2, 3, whatever happens in others and between`(kind: EngineKind) async throws {
    for seed in Seeds.run(5) {
      var random = SeededRandom(seed: seed)
      let rig = try EngineRig(kind)
      var newest: [String: UInt64] = [:]
      for _ in 0..<150 {
        let name = ["a", "b", "c"][random.number(in: 0..<3)]
        switch random.number(in: 0..<7) {
        case 0: await rig.close(name)
        case 1: #expect(try await rig.open(name).newest.offset == newest[name, default: 0], "ROOMCAST_SEED=\(seed)")
        case 2: #expect(await rig.append(name, isEphemeral: true) == .success(.fresh(nil)))
        case 3: rig.settle()
        default:
          _ = try await rig.open(name)
          let count = random.number(in: 1..<4)
          for answer in await rig.append((0..<count).map { _ in Samples.append() }, to: name) {
            newest[name, default: 0] += 1
            #expect(answer.fresh?.offset == newest[name], "ROOMCAST_SEED=\(seed)")
          }
        }
      }
    }
  }

  @Test(arguments: EngineKind.allCases)
  func `concurrent batches leave no hole, and each keeps its order`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let engine = rig.engine
    let now = rig.now
    let answers = await rig.run {
      await withTaskGroup(of: [Result<Appended, HubError>].self) { group in
        for size in 1...20 {
          group.addTask {
            await engine.append((0..<size).map { Samples.append("\($0)") }, to: Samples.room("a"), at: now)
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    for batch in answers {
      let offsets = batch.compactMap { $0.fresh?.offset }
      #expect(offsets == Array(offsets[0]..<offsets[0] + UInt64(batch.count)))
    }
    #expect(answers.joined().compactMap { $0.fresh?.offset }.sorted() == Array(1...210))
  }

  @Test(arguments: EngineKind.allCases)
  func `an ephemeral event takes no offset, in a batch neither`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let answers = await rig.append(
      [Samples.append(), Samples.append(isEphemeral: true), Samples.append()], to: "a")
    #expect(answers.map { $0.fresh?.offset } == [1, nil, 2])
    #expect(answers[1] == .success(.fresh(nil)))
  }

  /// Where other nodes must be told of it, it goes their way.
  @Test(arguments: EngineKind.timed)
  func `an ephemeral event needs no wait`(kind: EngineKind) async throws {
    let rig = try EngineRig(kind)
    let now = try rig.engine.appendNow(
      Samples.append(isEphemeral: true).event, to: Samples.room("a"), key: nil, subscribers: 0, at: rig.now)
    #expect(now == .fresh(nil))
  }

  @Test(arguments: EngineKind.allCases)
  func `an empty batch has no answers`(kind: EngineKind) async throws {
    #expect(await (try EngineRig(kind)).append([], to: "a").isEmpty)
  }
}
