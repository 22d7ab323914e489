import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// What is written out and read in again is the same history.
@Suite struct StoreMoveTests {
  @Test func `an exported and imported store exports the same again`() async throws {
    for seed in Seeds.run(40) {
      let lines = try StoreSamples.export(try await StoreSamples.random(seed: seed))
      let copy = TemporaryDirectory()
      let (report, refused) = try StoreSamples.load(lines, into: copy)
      #expect(refused.isEmpty, "seed \(seed)")
      #expect(report.events == lines.count { $0.contains("\"time\":") }, "seed \(seed)")
      #expect(try StoreSamples.export(copy) == lines, "seed \(seed)")
      let check = try StoreSamples.check(copy)
      #expect(check.isRight && check.events == report.events, "seed \(seed): \(check.problems)")
    }
  }

  @Test func `a second run changes nothing`() async throws {
    for seed in Seeds.run(10) {
      let lines = try StoreSamples.export(try await StoreSamples.random(seed: seed))
      let copy = TemporaryDirectory()
      try StoreSamples.load(lines, into: copy)
      let (report, refused) = try StoreSamples.load(lines, into: copy)
      #expect(refused.isEmpty && report.events == 0 && report.known == lines.count, "seed \(seed)")
      #expect(try StoreSamples.export(copy) == lines, "seed \(seed)")
    }
  }

  @Test func `an import that was interrupted is run again`() async throws {
    for seed in Seeds.run(20) {
      var random = SeededRandom(seed: seed)
      let lines = try StoreSamples.export(try await StoreSamples.random(seed: seed))
      let copy = TemporaryDirectory()
      for _ in 0..<3 {
        let part = Array(lines.prefix(random.number(in: 0...lines.count)))
        guard random.once(in: 2) else {
          try StoreSamples.load(part, into: copy)
          continue
        }
        // Ends without a word; what was not committed is not there.
        let store = try StoreImport(copy.path)
        for line in part { #expect(try store.take(Array(line.utf8)) == nil) }
      }
      #expect(try StoreSamples.load(lines, into: copy).refused.isEmpty, "seed \(seed)")
      #expect(try StoreSamples.export(copy) == lines, "seed \(seed)")
      #expect(try StoreSamples.check(copy).isRight)
    }
  }

  @Test func `more than one transaction holds is taken, and each lasts by itself`() throws {
    let copy = TemporaryDirectory()
    let lines = (1...10_000).map { #"{"room":"a","position":"e-\#($0)","event":"n","data":\#($0),"time":5}"# }
    do {
      let store = try StoreImport(copy.path)
      for line in lines { #expect(try store.take(Array(line.utf8)) == nil) }
    }
    let stored = try StoreSamples.export(copy).count
    #expect(stored > 0 && stored < 10_000)
    #expect(try StoreSamples.load(lines, into: copy).report.known == stored)
    #expect(try StoreSamples.export(copy) == lines)
  }

  @Test func `rooms go on where they were after a move`() async throws {
    let rig = try EngineRig()
    for number in 1...5 { _ = await rig.append("a", data: "\(number)") }
    let place = try await rig.open("a")
    rig.disk?.stop()
    let copy = TemporaryDirectory()
    try StoreSamples.load(try StoreSamples.export(rig.directory), into: copy)
    let moved = try EngineRig(directory: copy)
    #expect(try await moved.open("a") == place)
    let next = await moved.append("a", data: "6").fresh
    #expect(next == Position(epoch: place.newest.epoch, offset: 6))
    #expect(try await moved.read("a", after: 3).events.map(\.offset) == [4, 5, 6])
  }

  @Test func `a room whose events are all gone still stands where it stood`() async throws {
    let rig = try EngineRig()
    for _ in 0..<3 { _ = await rig.append("a") }
    // Events of long after have those of before go.
    rig.pass(60)
    _ = await rig.append("b")
    rig.pass(60)
    let place = try await rig.open("a")
    #expect(place.oldest == 4 && place.newest.offset == 3)
    let lines = try StoreSamples.export(rig.directory, "a")
    #expect(lines == [#"{"room":"a","position":"\#(place.newest)"}"#])
    let copy = TemporaryDirectory()
    try StoreSamples.load(lines, into: copy)
    #expect(try StoreSamples.check(copy).isRight)
    #expect(try await EngineRig(directory: copy).open("a") == place)
  }

  @Test func `with new epochs nobody resumes from before, and a second run changes nothing`() async throws {
    let lines = try StoreSamples.export(try await StoreSamples.directory())
    let copy = TemporaryDirectory()
    try StoreSamples.load(lines, into: copy, newEpochs: true)
    let renamed = try StoreSamples.export(copy)
    let old = try #require(lines.first.map { try HistoryLine.Draft(Array($0.utf8)).line() })
    let new = try #require(renamed.first.map { try HistoryLine.Draft(Array($0.utf8)).line() })
    #expect(old.position.epoch != new.position.epoch && old.position.offset == new.position.offset)
    let again = lines.map { $0.replacing("\"\(old.position.epoch)-", with: "\"\(new.position.epoch)-") }
    #expect(renamed == again)
    let (report, refused) = try StoreSamples.load(lines, into: copy, newEpochs: true)
    #expect(refused.isEmpty && report.known == 10 && report.events == 0)
    #expect(try await EngineRig(directory: copy).open("a").newest == Position(epoch: new.position.epoch, offset: 5))
  }

  @Test func `the rooms that are asked for come out, in order`() async throws {
    let directory = try await StoreSamples.directory()
    #expect(try StoreSamples.export(directory, "a").count == 5)
    #expect(try StoreSamples.export(directory, "b:*", "a") == StoreSamples.export(directory))
    #expect(try StoreSamples.export(directory, "*").count == 10)
    let (lines, report) = try StoreSamples.report(directory, ["b", "a", "c*"])
    #expect(lines.count == 5 && report.rooms == 1)
    #expect(report.unknown.map(\.text) == ["b", "c*"])
  }

  @Test func `an export ends where nobody reads on`() async throws {
    var lines = 0
    let directory = try await StoreSamples.directory()
    let report = try withExtendedLifetime(directory) {
      try StoreExport.run(directory.path) { _ in
        lines += 1
        return lines < 3
      }
    }
    #expect(lines == 3 && !report.isTaken && report.events == 2)
  }
}
