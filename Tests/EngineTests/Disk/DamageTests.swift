import Glibc
import HubRooms
import HubWire
import Testing

@testable import HubDisk

/// A damaged file is told, and never replaced.
@Suite struct DamageTests {
  /// A store with some pages of events, closed in good order.
  private static func directory() async throws -> TemporaryDirectory {
    let rig = try EngineRig()
    for _ in 0..<20 { _ = await rig.append(data: String(repeating: "1", count: 3000)) }
    rig.disk?.stop()
    return rig.directory
  }

  private static func error(_ directory: TemporaryDirectory) -> DiskError? {
    do throws(DiskError) {
      _ = try DiskEngine.open(directory.path)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a file that is cut short is refused, and left as it is`() async throws {
    let directory = try await Self.directory()
    directory.cut(to: directory.size / 2)
    let size = directory.size
    let error = try #require(Self.error(directory))
    #expect(error.kind == .damaged)
    #expect(error.description.contains("move the directory away"))
    #expect(directory.size == size)
  }

  @Test func `a file that begins with something else is refused`() async throws {
    let directory = try await Self.directory()
    directory.overwrite(Array("something else".utf8), at: 0)
    #expect(Self.error(directory)?.kind == .damaged)
  }

  @Test func `a log without its database is refused, and no empty store is made beside it`() async throws {
    let directory = try await Self.directory()
    #expect(rename(directory.database, directory.database + "-wal") == 0)
    let error = try #require(Self.error(directory))
    #expect(error.kind == .damaged && error.description.contains("move the log away"))
    #expect(access(directory.database, F_OK) != 0)
  }

  @Test(arguments: [
    "UPDATE rooms SET id = 9223372036854775807 WHERE id = 1", "INSERT INTO dropped_rooms VALUES (9223372036854775807)",
    "UPDATE rooms SET bytes = 9223372036854775807 WHERE id = 1",
    "UPDATE rooms SET newest = 9223372036854775806 WHERE id = 1",
    "UPDATE rooms SET idle_since = -9223372036854775807 WHERE id = 1", "UPDATE rooms SET epoch = '' WHERE id = 1",
    "UPDATE store SET value = '' WHERE key = 'epoch'",
    "UPDATE store SET value = 9223372036854775807 WHERE key = 'clock'",
    "UPDATE idempotency_keys SET id = 9223372036854775807",
    "UPDATE idempotency_keys SET used = -9223372036854775807",
    "UPDATE idempotency_keys SET offset = 9223372036854775807",
  ])
  func `a number that cannot be is refused when the store is opened, and found by the check`(sql: String) async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(directory, sql)
    #expect(Self.error(directory)?.kind == .damaged)
    #expect(try !StoreSamples.check(directory).isRight)
  }

  @Test(arguments: [
    "data = '1' || char(10) || '2'", "data = CAST(x'22ff22' AS TEXT)", "data = NULL", "time = -1", "event = ''",
    "user = CAST(x'ff' AS TEXT)",
  ])
  func `an event that no hub writes is damage, and given to nobody`(change: String) async throws {
    let rig = try EngineRig()
    for _ in 0..<3 { _ = await rig.append() }
    let database = try #require(rig.disk?.writer.store?.database)
    try database.execute("UPDATE events SET \(change) WHERE offset = 2")
    #expect(try await rig.read(after: 2).events.map { $0.offset } == [3])
    await #expect(throws: HubError.self) { try await rig.read() }
    guard case .down(let reason) = rig.engine.health else { return #expect(Bool(false)) }
    #expect(reason.contains("the event 2 of the room a"))
  }

  @Test func `a size that cannot be is damage when its event is dropped`() async throws {
    let rig = try EngineRig()
    _ = await rig.append()
    try rig.disk?.writer.store?.database.execute("UPDATE events SET size = 9223372036854775807")
    rig.pass(60)
    _ = await rig.append("b")
    rig.pass(1)
    guard case .down(let reason) = rig.engine.health else { return #expect(Bool(false)) }
    #expect(reason.contains("its size is"))
  }

  @Test func `an empty log without its database is nothing, and a store is made`() throws {
    let directory = TemporaryDirectory()
    close(creat(directory.database + "-wal", 0o600))
    #expect(Self.error(directory) == nil)
    #expect(directory.size > 0)
  }

  @Test func `a page of the rooms with garbage in it is refused`() async throws {
    let directory = try await Self.directory()
    let database = try Database(path: directory.database, access: .read, vfs: nil)
    let page = try database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'rooms'") ?? 0
    directory.overwrite([UInt8](repeating: 0xA5, count: 4096), at: (Int(page) - 1) * 4096)
    #expect(Self.error(directory)?.kind == .damaged)
  }

  @Test func `an event that is missing among others is told, by reading and by dropping`() async throws {
    let rig = try EngineRig()
    for _ in 0..<5 { _ = await rig.append() }
    try rig.disk?.writer.store?.database.execute("DELETE FROM events WHERE offset = 3")
    #expect(try await rig.read(after: 3).events.map { $0.offset } == [4, 5])
    let disk = try #require(rig.disk)
    rig.pass(60)
    _ = await rig.append("b")
    rig.pass(1)
    guard case .down(let reason) = disk.health else { return #expect(Bool(false)) }
    #expect(reason.contains("no event 3"))
    await #expect(throws: HubError.self) { try await rig.read(after: 1) }
  }

  @Test func `damage that is found while reading ends publishing for good`() async throws {
    let directory = try await Self.directory()
    let database = try Database(path: directory.database, access: .read, vfs: nil)
    let page = try database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'events'") ?? 0
    directory.overwrite([UInt8](repeating: 0xA5, count: 4096), at: (Int(page) - 1) * 4096)
    let rig = try EngineRig(directory: directory)
    await #expect(throws: HubError.self) { try await rig.read() }
    guard case .down(let reason) = rig.engine.health else { return #expect(Bool(false)) }
    #expect(reason.contains("damaged"))
    rig.pass(5)
    #expect(rig.engine.health == .down(reason: reason))
    #expect(await rig.append().code == .engineUnavailable)
    // Nothing that was written is in doubt: where rooms stand is known.
    #expect(try await rig.open("a").newest.offset == 20)
  }
}
