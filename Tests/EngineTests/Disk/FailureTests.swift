import HubIO
import HubRooms
import HubWire
import Testing

@testable import HubDisk

/// What happens while events cannot be taken.
@Suite struct FailureTests {
  /// As if the disk had no space for more than the pages that there are.
  private static func fill(_ rig: EngineRig) throws {
    let database = try #require(rig.disk?.writer.store?.database)
    try database.execute("PRAGMA max_page_count = 1")
  }

  private static func free(_ rig: EngineRig) throws {
    let database = try #require(rig.disk?.writer.store?.database)
    try database.execute("PRAGMA max_page_count = 1000000")
  }

  private static let large = String(repeating: "1", count: 50_000)

  @Test func `a full disk refuses events and says why, and takes them again when there is space`() async throws {
    let rig = try EngineRig()
    _ = await rig.append(data: "1", key: "first")
    try Self.fill(rig)
    let refused = await rig.append(data: Self.large, key: "k")
    #expect(refused.code == .engineUnavailable)
    guard case .down(let reason) = rig.engine.health else { return #expect(Bool(false)) }
    #expect(reason.contains("full"))
    // At once, without another try.
    #expect(await rig.append().code == .engineUnavailable)
    #expect(throws: HubError.self) {
      try rig.engine.appendNow(
        Samples.append(isEphemeral: true).event, to: Samples.room("a"), key: nil, subscribers: 0, at: rig.now)
    }
    #expect(try await rig.read().events.count == 1)
    rig.pass(3)
    #expect(rig.engine.health != .up)
    try Self.free(rig)
    rig.pass(2)
    #expect(rig.engine.health == .up)
    // What was refused has left nothing behind.
    #expect(await rig.append(data: Self.large, key: "k").fresh?.offset == 2)
    #expect(try await rig.open("a").newest.offset == 2)
    #expect(await rig.append(data: "1", key: "first").fresh == nil)
    #expect(rig.engine.statistics.failures > 0)
  }

  @Test func `after another error the store is opened anew, and goes on where it was`() async throws {
    let rig = try EngineRig()
    let first = await rig.append(key: "k").fresh
    let engine = try #require(rig.disk)
    engine.writer.fail(SQLiteError(code: 10, message: "disk I/O error"))
    #expect(await rig.append().code == .engineUnavailable)
    // Nobody can say where rooms stand.
    await #expect(throws: HubError.self) { try await rig.open("a") }
    rig.pass(2)
    #expect(rig.engine.health == .up)
    #expect(try await rig.open("a").newest == first)
    #expect(await rig.append(key: "k") == .success(.duplicate(first, subscribers: 0)))
    #expect(await rig.append().fresh?.offset == 2)
  }

  @Test func `what is in doubt stays so where the store cannot be opened anew for want of space`() async throws {
    let rig = try EngineRig()
    let first = await rig.append().fresh
    let engine = try #require(rig.disk)
    engine.writer.fail(SQLiteError(code: 10, message: "disk I/O error"))
    // The next try ends with a full disk before anything could be compared.
    engine.writer.fail(SQLiteError(code: 13, message: "database or disk is full"))
    await #expect(throws: HubError.self) { try await rig.open("a") }
    rig.pass(2)
    #expect(try await rig.open("a").newest == first)
  }

  @Test func `each refused event is counted, and nothing else`() async throws {
    let rig = try EngineRig()
    let engine = try #require(rig.disk)
    engine.writer.fail(SQLiteError(code: 10, message: "disk I/O error"))
    #expect(engine.statistics.failures == 0)
    _ = await rig.append([Samples.append(), Samples.append()], to: "a")
    #expect(engine.statistics.failures == 2)
    #expect(throws: HubError.self) {
      try engine.appendNow(
        Samples.append(isEphemeral: true).event, to: Samples.room("a"), key: nil, subscribers: 0, at: rig.now)
    }
    #expect(engine.statistics.failures == 3)
  }

  @Test func `duplicates alone are no transaction`() async throws {
    let rig = try EngineRig()
    for _ in 0..<3 { _ = await rig.append(key: "k") }
    let statistics = rig.engine.statistics
    #expect((statistics.commits, statistics.appended, statistics.commitTimes.count) == (1, 1, 1))
  }

  @Test func `a store that has less than was answered goes on in new epochs`() async throws {
    let rig = try EngineRig()
    let before = await rig.append().fresh
    _ = await rig.append("b")
    _ = await rig.append("a")
    // As if the last event of the room had never reached the disk.
    try rig.disk?.writer.store?.database.execute(
      "DELETE FROM events WHERE room = 1 AND offset = 2; UPDATE rooms SET newest = 1 WHERE id = 1")
    rig.disk?.writer.fail(SQLiteError(code: 10, message: "disk I/O error"))
    rig.pass(2)
    let place = try await rig.open("a")
    #expect(place.newest.offset == 0 && place.newest.epoch != before?.epoch)
    #expect(await rig.append().fresh == Position(epoch: place.newest.epoch, offset: 1))
    #expect(try await rig.open("b").newest.offset == 1)
    let next = try ReopenTests.again(rig, .crash)
    #expect(try await next.open("a").newest == Position(epoch: place.newest.epoch, offset: 1))
    #expect(try await next.read().events.map { $0.offset } == [1])
  }

  @Test func `what waits to be written is bounded by number and by bytes`() async throws {
    var limits = Samples.limits
    limits.queueEvents = 10
    limits.queueBytes = 1000
    let rig = try EngineRig(limits: limits)
    let engine = try #require(rig.disk)
    // One batch always fits.
    let waiting = Task {
      await engine.append((0..<12).map { _ in Samples.append() }, to: Samples.room("a"), at: rig.now)
    }
    while engine.statistics.waiting == 0 { await Task.yield() }
    let refused = await engine.append([Samples.append()], to: Samples.room("a"), at: rig.now)
    guard case .failure(let error) = refused[0] else { return #expect(Bool(false)) }
    #expect(error.code == .engineUnavailable && error.detail.contains("disk.queue.events"))
    rig.settle()
    #expect(await waiting.value.last?.fresh?.offset == 12)
    let large = Task { await engine.append([Samples.append(Self.large)], to: Samples.room("a"), at: rig.now) }
    while engine.statistics.waiting == 0 { await Task.yield() }
    guard case .failure(let error) = await engine.append([Samples.append()], to: Samples.room("a"), at: rig.now)[0]
    else { return #expect(Bool(false)) }
    #expect(error.detail.contains("disk.queue.bytes"))
    rig.settle()
    #expect(await large.value[0].fresh?.offset == 13)
    #expect(engine.statistics.waiting == 0)
  }

  @Test func `an append that waits too long is given up, and not written`() async throws {
    let rig = try EngineRig()
    let engine = try #require(rig.disk)
    let waiting = Task { await engine.append([Samples.append()], to: Samples.room("a"), at: Samples.moment(0)) }
    while engine.statistics.waiting == 0 { await Task.yield() }
    engine.tick(at: Samples.moment(10))
    #expect(engine.statistics.waiting == 1)
    engine.tick(at: Samples.moment(11))
    #expect(await waiting.value[0].code == .engineUnavailable)
    // The writer is busy with something else, and comes back.
    #expect(engine.health != .up)
    rig.settle()
    #expect(engine.health == .up)
    #expect(try await rig.open("a").newest.offset == 0)
  }

  @Test func `a write that takes too long is answered meanwhile, and its event may be there`() async throws {
    let rig = try EngineRig()
    let engine = try #require(rig.disk)
    let waiting = Task { await engine.append([Samples.append()], to: Samples.room("a"), at: Samples.moment(0)) }
    while engine.statistics.waiting == 0 { await Task.yield() }
    // The writer has taken it, and the disk does not answer.
    let taken = engine.shared.queue.withLock { $0.take() }
    engine.tick(at: Samples.moment(11))
    #expect(await waiting.value[0].code == .engineUnavailable)
    #expect(engine.health != .up)
    await #expect(throws: HubError.self) { try await engine.open(Samples.room("a"), at: Samples.moment(11)) }
    #expect(
      await engine.append([Samples.append()], to: Samples.room("a"), at: Samples.moment(11))[0].code
        == .engineUnavailable)
    // Now it does.
    #expect(taken.count == 1)
    #expect(engine.shared.queue.withLock { $0.finish() }[0].continuation == nil)
    #expect(engine.health == .up)
    #expect(engine.statistics.waiting == 0)
  }

  @Test func `an engine that is stopped takes nothing, and has written what it took`() async throws {
    let rig = try EngineRig()
    let engine = try #require(rig.disk)
    engine.start()
    let answers = await withTaskGroup(of: Position?.self) { group in
      for number in 0..<200 {
        group.addTask {
          await engine.append([Samples.append("\(number)")], to: Samples.room("a"), at: Samples.moment(0))[0].fresh
        }
      }
      return await group.reduce(into: Set<UInt64>()) { $0.insert($1?.offset ?? 0) }
    }
    engine.stop()
    #expect(answers == Set(1...200))
    #expect(await engine.append([Samples.append()], to: Samples.room("a"), at: rig.now)[0].code == .engineUnavailable)
    let next = try ReopenTests.again(rig)
    #expect(try await next.open("a").newest.offset == 200)
  }
}
