import HubIO
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// What is dropped, and what is not.
@Suite struct RetentionTests {
  private static func rows(_ rig: EngineRig, _ table: String = "events") throws -> Int64? {
    try Database(path: rig.directory.database, access: .read, vfs: nil).integer("SELECT count(*) FROM \(table)")
  }

  /// Everything from the oldest to the newest event can be read, and nothing else is kept.
  private static func check(_ rig: EngineRig, _ name: String) async throws -> RoomPlace {
    let place = try await rig.open(name)
    let part = try await rig.read(name, events: 10_000, bytes: 1 << 30)
    #expect(part.place == place)
    #expect(part.events.map { $0.offset } == Array((place.oldest ?? 0)..<place.newest.offset + 1))
    return place
  }

  @Test func `a room keeps its number of events, and never more`() async throws {
    var limits = Samples.limits
    limits.roomEvents = 10
    let rig = try EngineRig(limits: limits)
    for count in [1, 3, 5, 1, 1, 25, 2] {
      _ = await rig.append((0..<count).map { _ in Samples.append() }, to: "a")
      let place = try await Self.check(rig, "a")
      #expect(place.oldest == UInt64(max(1, Int(place.newest.offset) - 9)))
    }
    #expect(try Self.rows(rig) == 10)
    #expect(rig.engine.statistics.dropped == 28)
  }

  @Test func `a room keeps its bytes, and never more`() async throws {
    var limits = Samples.limits
    limits.roomBytes = 4000
    let rig = try EngineRig(limits: limits)
    for _ in 0..<20 { _ = await rig.append(data: String(repeating: "1", count: 461)) }
    // Each counts with its name and 32 bytes more: 500.
    let place = try await Self.check(rig, "a")
    #expect(place.newest.offset == 20)
    #expect(place.newest.offset + 1 - (place.oldest ?? 0) <= 8)
    #expect(place.newest.offset + 1 - (place.oldest ?? 0) >= 7)
    _ = await rig.append(data: String(repeating: "1", count: 5000))
    #expect(try await Self.check(rig, "a").oldest == 22)
  }

  @Test func `what is too old goes, by the time of the events themselves`() async throws {
    let rig = try EngineRig()
    for _ in 0..<10 {
      _ = await rig.append()
      rig.pass(10)
    }
    // At 0, 10 … 90 seconds, and now it is 100.
    _ = await rig.append("b")
    rig.pass(1)
    #expect(try await Self.check(rig, "a").oldest == 6)
    #expect(try await Self.check(rig, "b").oldest == 1)
  }

  @Test func `a clock that jumps ahead and back drops no more than it must`() async throws {
    let rig = try EngineRig()
    _ = await rig.append()
    _ = await rig.append([Samples.append(time: 1_000_000_000)], to: "b")
    rig.pass(1)
    #expect(try await Self.check(rig, "a").oldest == 2)
    _ = await rig.append()
    rig.pass(1)
    #expect(try await Self.check(rig, "a").oldest == 2)
    #expect(try await Self.check(rig, "b").oldest == 1)
  }

  @Test func `a bound that is lowered is met in every room, though one transaction has no time for all`() async throws {
    let rig = try EngineRig()
    for name in ["a", "b", "c"] { _ = await rig.append((0..<600).map { _ in Samples.append() }, to: name) }
    var limits = Samples.limits
    limits.roomEvents = 5
    let next = try ReopenTests.again(rig, limits: limits)
    next.settle()
    #expect(try Self.rows(next) == 15)
  }

  @Test func `a bound that is lowered is met in small steps`() async throws {
    let rig = try EngineRig()
    _ = await rig.append((0..<3000).map { _ in Samples.append() }, to: "a")
    var limits = Samples.limits
    limits.roomEvents = 5
    let next = try ReopenTests.again(rig, limits: limits)
    let engine = try #require(next.disk)
    _ = engine.work()
    let afterOne = try Self.rows(next) ?? 0
    #expect(afterOne < 3000 && afterOne > 2000)
    next.settle()
    #expect(try await Self.check(next, "a").oldest == 2996)
    #expect(try Self.rows(next) == 5)
  }

  @Test func `the whole store keeps within its bytes, and what reaches back furthest goes first`() async throws {
    var limits = Samples.limits
    limits.bytes = 1 << 20
    limits.roomAge = .seconds(86_400)
    let rig = try EngineRig(limits: limits)
    for round in 0..<40 {
      for name in ["a", "b", "c", "d"] {
        _ = await rig.append(
          (0..<10).map { _ in Samples.append(String(repeating: "1", count: 1000), time: Int64(round) * 1000) }, to: name
        )
      }
      rig.pass(1)
    }
    #expect(rig.directory.size <= (1 << 20) + (64 << 12))
    for name in ["a", "b", "c", "d"] {
      let place = try await Self.check(rig, name)
      #expect(place.newest.offset == 400)
      // Each has lost some, and none all of it.
      #expect((100..<400).contains(place.oldest ?? 0))
    }
  }

  @Test func `keys whose time is over go from the store too`() async throws {
    let rig = try EngineRig()
    for number in 0..<50 { _ = await rig.append(key: "k\(number)") }
    #expect(try Self.rows(rig, "idempotency_keys") == 50)
    rig.pass(11)
    #expect(try Self.rows(rig, "idempotency_keys") == 0)
    #expect(rig.engine.statistics.keys == 0)
    for number in 0..<150 { _ = await rig.append(key: "k\(number)") }
    #expect(try Self.rows(rig, "idempotency_keys") == 100)
  }

  @Test func `the write-ahead log stays short`() async throws {
    var limits = Samples.limits
    limits.bytes = 1 << 20
    let rig = try EngineRig(limits: limits)
    for _ in 0..<200 {
      _ = await rig.append(data: String(repeating: "1", count: 3000))
      #expect(rig.disk?.writer.store?.database.pagesInLog ?? .max < 64 + 16)
    }
  }

  @Test func `a forgotten room leaves nothing behind`() async throws {
    var limits = Samples.limits
    limits.rememberedRooms = 1
    let rig = try EngineRig(limits: limits)
    for name in ["a", "b"] {
      _ = try await rig.open(name)
      _ = await rig.append((0..<2000).map { _ in Samples.append() }, to: name)
      await rig.close(name)
    }
    rig.pass(1)
    #expect(try Self.rows(rig, "rooms") == 1)
    #expect(try Self.rows(rig, "dropped_rooms") == 0)
    #expect(try Self.rows(rig) == 2000)
    #expect(try await Self.check(rig, "b").newest.offset == 2000)
    #expect(try await Self.check(rig, "a").newest.offset == 0)
  }

  @Test func `what a forgotten room left behind goes after a crash too`() async throws {
    var limits = Samples.limits
    limits.rememberedRooms = 1
    let rig = try EngineRig(limits: limits)
    for name in ["a", "b"] {
      _ = try await rig.open(name)
      _ = await rig.append((0..<2000).map { _ in Samples.append() }, to: name)
      await rig.close(name)
    }
    rig.engine.tick(at: rig.now)
    _ = rig.disk?.work()
    #expect(try Self.rows(rig, "dropped_rooms") == 1)
    let next = try ReopenTests.again(rig, .crash, limits: limits)
    _ = try await next.open("a")
    _ = await next.append("a")
    next.settle()
    #expect(try Self.rows(next, "dropped_rooms") == 0)
    #expect(try Self.rows(next) == 2001)
    #expect(try await Self.check(next, "a").newest.offset == 1)
  }
}
