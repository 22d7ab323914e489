import HubDisk
import HubRooms
import HubWire
import Testing

/// What waits in a journal, and how it comes out.
@Suite struct JournalTests {
  private static func limits(events: Int = 100_000, bytes: Int = 256 << 20) -> JournalLimits {
    var limits = JournalLimits()
    limits.events = events
    limits.bytes = bytes
    return limits
  }

  @Test func `events of all rooms come out in the order in which they came in`() async throws {
    let rig = try JournalRig()
    for (number, room) in ["b", "a", "b", "c", "a"].enumerated() {
      #expect(await rig.append("\(number)", to: room) == .success(.queued))
    }
    #expect(await rig.append([Samples.append("5"), Samples.append("6")], to: "b").allSatisfy { $0.code == nil })
    let entries = try await rig.first()
    #expect(entries.map(\.text) == (0...6).map { "\($0)" })
    #expect(entries.map(\.room.text) == ["b", "a", "b", "c", "a", "b", "b"])
    #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
    #expect(try await rig.first(2).map(\.text) == ["0", "1"])
    #expect(rig.journal.count == 7)
  }

  @Test func `all of an event comes back`() async throws {
    let rig = try JournalRig()
    let excluded = ConnectionID.random()
    let key = IdempotencyKey(text: "order-1", principal: "ann", digest: [1, 2, 3])
    let full = NewAppend(
      event: NewEvent(
        name: try EventName("made"), data: .base64(Array("AAEC".utf8)), user: "ann", excluded: excluded,
        trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
      key: key, subscribers: 7, time: 1_700_000_000_123)
    _ = await rig.append([full])
    let entry = try #require(try await rig.first().first)
    let event = entry.append.event
    #expect(event.name.text == "made" && event.data == .base64(Array("AAEC".utf8)))
    #expect(event.user == "ann" && event.excluded == excluded && event.trace == full.event.trace)
    #expect(!event.isEphemeral)
    #expect(entry.append.key == key && entry.append.subscribers == 7 && entry.append.time == 1_700_000_000_123)
  }

  @Test func `what waits together shares one transaction`() async throws {
    let rig = try JournalRig()
    let journal = rig.journal
    let answers = await withTaskGroup(of: [Result<Appended, HubError>].self) { group in
      for number in 0..<10 {
        group.addTask { await journal.append([Samples.append("\(number)")], to: Samples.room("a")) }
      }
      while journal.waiting < 10 { await Task.yield() }
      #expect(journal.work())
      #expect(!journal.work())
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(answers == Array(repeating: .success(.queued), count: 10))
  }

  @Test func `what was sent on is removed, and nothing after it`() async throws {
    let rig = try JournalRig()
    for number in 0..<5 { await rig.append("\(number)") }
    let sent = try await rig.first(3)
    await rig.append("5")
    try await rig.remove(through: sent[2].sequence)
    #expect(try await rig.data() == ["3", "4", "5"])
    #expect(rig.journal.count == 3)
    try await rig.remove(through: sent[2].sequence)
    #expect(rig.journal.count == 3)
    try await rig.remove(through: .max)
    #expect(try await rig.data().isEmpty)
    #expect(rig.journal.count == 0)
  }

  @Test func `an ephemeral event does not wait`() async throws {
    let rig = try JournalRig()
    #expect(await rig.append(isEphemeral: true).code == .engineUnavailable)
    #expect(rig.journal.count == 0)
  }

  // MARK: Bounds

  @Test func `past its events a journal refuses, and names the setting, until some were sent on`() async throws {
    let rig = try JournalRig(limits: Self.limits(events: 3))
    let answers = await rig.append((0..<5).map { Samples.append("\($0)") })
    #expect(answers.map(\.code) == [nil, nil, nil, .engineUnavailable, .engineUnavailable])
    guard case .failure(let error) = answers[3] else { return }
    #expect(error.detail.contains("redis.journal.events"))
    try await rig.remove(through: rig.first(1)[0].sequence)
    #expect(await rig.append("5") == .success(.queued))
    #expect(await rig.append("6").code == .engineUnavailable)
    #expect(try await rig.data() == ["1", "2", "5"])
  }

  @Test func `past its bytes a journal refuses, and names the setting, until some were sent on`() async throws {
    let rig = try JournalRig(limits: Self.limits(bytes: 10_000))
    let large = String(repeating: "1", count: 6000)
    #expect(await rig.append(large) == .success(.queued))
    guard case .failure(let error) = await rig.append(large) else { return #expect(Bool(false)) }
    #expect(error.code == .engineUnavailable && error.detail.contains("redis.journal.bytes"))
    // A smaller one has room.
    #expect(await rig.append("2") == .success(.queued))
    try await rig.remove(through: rig.first(1)[0].sequence)
    #expect(await rig.append(large) == .success(.queued))
  }

  @Test func `a part has few bytes, however many events are asked for`() async throws {
    let rig = try JournalRig()
    let large = String(repeating: "1", count: 5 << 20)
    for _ in 0..<3 { await rig.append(large) }
    #expect(try await rig.first(3).count == 1)
    #expect(try await rig.first(0).count == 1)
  }

  @Test func `what waits for the disk is bounded too`() async throws {
    var limits = JournalLimits()
    limits.queueEvents = 2
    let rig = try JournalRig(limits: limits)
    let journal = rig.journal
    // One batch always fits.
    let waiting = Task { await journal.append((0..<3).map { _ in Samples.append() }, to: Samples.room("a")) }
    while journal.waiting < 3 { await Task.yield() }
    guard case .failure(let error) = await journal.append([Samples.append()], to: Samples.room("a"))[0] else {
      return #expect(Bool(false))
    }
    #expect(error.code == .engineUnavailable && error.detail.contains("redis.queue.events"))
    #expect(journal.work())
    #expect(await waiting.value.allSatisfy { $0 == .success(.queued) })
  }
}
