import HubDisk
import HubRooms
import HubWire
import Testing

/// By what a journal's events are known, so that sending one twice publishes it once.
@Suite struct JournalKeyTests {
  @Test func `a key that waits is answered again, and not stored twice`() async throws {
    let rig = try JournalRig()
    #expect(await rig.append("1", key: "k", digest: 1) == .success(.queued))
    #expect(await rig.append("1", key: "k", digest: 1) == .success(.queued))
    // Within one batch too.
    let twice = [Samples.append("2", key: "l", digest: 2), Samples.append("2", key: "l", digest: 2)]
    #expect(await rig.append(twice) == [.success(.queued), .success(.queued)])
    #expect(try await rig.data() == ["1", "2"])
  }

  @Test func `a key that waits with another body is in conflict`() async throws {
    let rig = try JournalRig()
    await rig.append("1", key: "k", digest: 1)
    #expect(await rig.append("2", key: "k", digest: 2).code == .conflict)
    #expect(try await rig.data() == ["1"])
  }

  @Test func `keys of another room or of another principal are others`() async throws {
    let rig = try JournalRig()
    await rig.append("1", key: "k", digest: 1)
    #expect(await rig.append("2", to: "b", key: "k", digest: 2) == .success(.queued))
    #expect(await rig.append("3", key: "k", digest: 3, principal: "ann") == .success(.queued))
    #expect(try await rig.data() == ["1", "2", "3"])
  }

  @Test func `a key that was sent on is the engine's to know`() async throws {
    let rig = try JournalRig()
    await rig.append("1", key: "k", digest: 1)
    try await rig.remove(through: .max)
    #expect(await rig.append("1", key: "k", digest: 1) == .success(.queued))
    #expect(rig.journal.count == 1)
  }

  @Test func `a full journal still knows what waits in it`() async throws {
    var limits = JournalLimits()
    limits.events = 1
    let rig = try JournalRig(limits: limits)
    await rig.append("1", key: "k")
    #expect(await rig.append("1", key: "k") == .success(.queued))
    #expect(await rig.append("1", key: "l").code == .engineUnavailable)
  }

  @Test func `an event without a key gets one of its own, which stays`() async throws {
    let rig = try JournalRig()
    for _ in 0..<2 { await rig.append("1") }
    let keys = try await rig.first().map { try #require($0.append.key) }
    #expect(keys[0] != keys[1])
    #expect(keys.allSatisfy { (1...IdempotencyKey.maximumLength).contains($0.text.utf8.count) })
    // No user's name holds a control character.
    let hasControl = keys[0].principal.unicodeScalars.contains { $0.properties.generalCategory == .control }
    #expect(hasControl)
    let directory = rig.directory
    rig.journal.stop()
    rig.crash()
    let again = try JournalRig(directory: directory)
    #expect(try await again.first().map(\.append.key) == keys)
    // Nor does another event ever get it.
    try await again.remove(through: .max)
    again.journal.stop()
    again.crash()
    let third = try JournalRig(directory: directory)
    await third.append("1")
    #expect(try await !keys.contains(#require(third.first()[0].append.key)))
    let other = try JournalRig()
    await other.append("1")
    #expect(try await !keys.contains(#require(other.first()[0].append.key)))
  }
}
