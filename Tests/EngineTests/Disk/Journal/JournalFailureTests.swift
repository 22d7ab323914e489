import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// A journal whose disk fails, or whose machine loses power.
@Suite struct JournalFailureTests {
  @Test func `a full disk refuses events, and takes them again when there is space`() async throws {
    let disk = SimulatedDisk(seed: 1)
    let rig = try JournalRig(vfs: disk.name)
    await rig.append("1")
    disk.isFull = true
    let large = String(repeating: "1", count: 500_000)
    #expect(await rig.append(large, key: "k").code == .engineUnavailable)
    #expect(rig.journal.count == 1)
    disk.isFull = false
    #expect(await rig.append("2", key: "k") == .success(.queued))
    #expect(try await rig.data() == ["1", "2"])
  }

  @Test func `what was sent on goes, though an event beside it finds no space`() async throws {
    let disk = SimulatedDisk(seed: 1)
    let rig = try JournalRig(vfs: disk.name)
    // Of which the log keeps the pages, so that there is space for a few.
    for number in 0..<20 { await rig.append(String(repeating: "\(number % 10)", count: 3000)) }
    let journal = rig.journal
    try #require(rig.journal.writer.store).database.checkpoint(emptying: false)
    disk.isFull = true
    let large = String(repeating: "1", count: 500_000)
    let append = Task { await journal.append([Samples.append(large)], to: Samples.room("a"))[0] }
    while journal.waiting < 1 { await Task.yield() }
    let removal = Task { try await journal.remove(through: 1) }
    while journal.waiting < 2 { await Task.yield() }
    #expect(journal.work())
    #expect(await append.value.code == .engineUnavailable)
    try await removal.value
    #expect(journal.count == 19)
  }

  @Test(arguments: [SimulatedDisk.Operation.write, .sync]) func `after a failure the file is opened anew`(
    failing: SimulatedDisk.Operation
  ) async throws {
    let disk = SimulatedDisk(seed: 2)
    let rig = try JournalRig(vfs: disk.name)
    await rig.append("1")
    var isFailing = true
    disk.fails = { $0 == failing && isFailing }
    #expect(await rig.append("2").code == .engineUnavailable)
    isFailing = false
    #expect(rig.journal.writer.store == nil)
    #expect(await rig.append("3") == .success(.queued))
    let data = try await rig.data()
    // What failed may have been taken.
    #expect(data == ["1", "3"] || data == ["1", "2", "3"])
    #expect(rig.journal.count == data.count)
  }

  @Test func `whatever the power leaves, what was answered is there once and in order`() async throws {
    for seed in Seeds.run(25) {
      let disk = SimulatedDisk(seed: seed, sectorSize: seed.isMultiple(of: 2) ? 512 : 4096)
      var random = SeededRandom(seed: seed)
      // What was answered, and what may be there besides: it failed, or was about to go.
      var (certain, possible): ([Int], Set<Int>) = ([], [])
      var number = 0
      var doomed: SimulatedDisk.Operation?
      disk.fails = { operation in
        defer { if operation == doomed { doomed = nil } }
        return operation == doomed
      }
      for _ in 0..<4 {
        doomed = nil
        let rig = try JournalRig(vfs: disk.name)
        let found = try await rig.first().map { try #require(Int($0.text)) }
        #expect(Set(found).isSubset(of: possible.union(certain)) && Set(certain).isSubset(of: found), "seed \(seed)")
        #expect(found == found.sorted() && Set(found).count == found.count, "seed \(seed)")
        certain = found
        possible = []
        disk.changesUntilPowerFails = random.number(in: 1...120)
        while disk.hasPower {
          if random.once(in: 8) { doomed = [.read, .write, .sync][random.number(in: 0..<3)] }
          if random.once(in: 5), let first = try? await rig.first(2).last {
            let gone = Int(first.text) ?? 0
            possible.formUnion(certain.filter { $0 <= gone })
            certain.removeAll { $0 <= gone }
            try? await rig.remove(through: first.sequence)
          } else {
            number += 1
            if case .success = await rig.append("\(number)") { certain.append(number) } else { possible.insert(number) }
          }
        }
        rig.crash()
        disk.losePower(&random)
      }
    }
  }

  // MARK: Time

  @Test func `what waits too long is given up, and the next is refused at once until the disk answers`() async throws {
    let rig = try JournalRig()
    let journal = rig.journal
    let append = Task { await journal.append([Samples.append("1")], to: Samples.room("a"))[0] }
    while journal.waiting < 1 { await Task.yield() }
    for second in 0...10 { journal.tick(at: Samples.moment(second)) }
    #expect(journal.waiting == 1)
    journal.tick(at: Samples.moment(11))
    #expect(await append.value.code == .engineUnavailable)
    #expect(await journal.append([Samples.append("2")], to: Samples.room("a"))[0].code == .engineUnavailable)
    // The thread is back: nothing of that is written.
    #expect(!journal.work())
    #expect(await rig.append("3") == .success(.queued))
    #expect(try await rig.data() == ["3"])
  }

  @Test func `a stop finishes what waits, and takes nothing more`() async throws {
    let rig = try JournalRig()
    let journal = rig.journal
    let append = Task { await journal.append([Samples.append("1")], to: Samples.room("a"))[0] }
    while journal.waiting < 1 { await Task.yield() }
    journal.stop()
    #expect(await append.value == .success(.queued))
    #expect(await journal.append([Samples.append("2")], to: Samples.room("a"))[0].code == .engineUnavailable)
    await #expect(throws: HubError.self) { try await journal.first(1) }
    let directory = rig.directory
    rig.crash()
    #expect(try await JournalRig(directory: directory).data() == ["1"])
  }

  @Test func `with its thread many publishers are served at once`() async throws {
    let rig = try JournalRig()
    let journal = rig.journal
    journal.start()
    let answers = await withTaskGroup(of: [Result<Appended, HubError>].self) { group in
      for number in 0..<200 {
        group.addTask { await journal.append([Samples.append("\(number)")], to: Samples.room("a")) }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(answers == Array(repeating: .success(.queued), count: 200))
    let entries = try await journal.first(1000)
    #expect(Set(entries.map(\.text)) == Set((0..<200).map { "\($0)" }))
    try await journal.remove(through: entries[199].sequence)
    journal.stop()
    #expect(journal.count == 0)
  }
}
