import CSQLite
import HubTesting
import Testing

/// The disk of the simulations: real SQLite on it, and what a loss of power leaves.
@Suite struct SimulatedDiskTests {
  private static let path = "/store/test.db"

  private static func open(_ disk: SimulatedDisk, synchronous: String = "FULL") throws -> RawDatabase {
    let database = try RawDatabase(path, vfs: disk.name)
    try database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=\(synchronous); PRAGMA wal_autocheckpoint=4")
    try database.run("CREATE TABLE IF NOT EXISTS numbers(n INTEGER PRIMARY KEY, text TEXT)")
    return database
  }

  /// Inserts one row a transaction: how many were acknowledged before something failed.
  private static func work(_ database: RawDatabase, from first: Int = 1, count: Int) -> Int {
    for number in first..<first + count {
      do {
        try database.run("INSERT INTO numbers VALUES(\(number), hex(zeroblob(\(number % 7 * 700))))")
      } catch { return number - first }
    }
    return count
  }

  private struct Damage: Error {
    let health: [String]
  }

  private static func numbers(_ disk: SimulatedDisk) throws -> [Int] {
    let database = try RawDatabase(path, vfs: disk.name)
    let health = try database.column("PRAGMA integrity_check")
    if health != ["ok"] { throw Damage(health: health) }
    if try database.column("SELECT name FROM sqlite_schema").isEmpty { return [] }
    return try database.column("SELECT n FROM numbers ORDER BY n").compactMap { Int($0) }
  }

  @Test func `what was committed with a sync survives every loss of power`() throws {
    for seed in Seeds.run(60) {
      var random = SeededRandom(seed: seed)
      let disk = SimulatedDisk(seed: seed, sectorSize: seed.isMultiple(of: 2) ? 512 : 4096)
      let database = try Self.open(disk)
      let count = random.number(in: 1...20)
      #expect(Self.work(database, count: count) == count)
      disk.losePower(&random)
      #expect(try Self.numbers(disk) == Array(1...count), "ROOMCAST_SEED=\(seed)")
    }
  }

  @Test func `without syncs some loss of power takes what was committed`() throws {
    var losses = 0
    for seed in Seeds.run(30) {
      var random = SeededRandom(seed: seed)
      let disk = SimulatedDisk(seed: seed)
      let database = try Self.open(disk, synchronous: "OFF")
      #expect(Self.work(database, count: 10) == 10)
      disk.losePower(&random)
      if (try? Self.numbers(disk)) != Array(1...10) { losses += 1 }
    }
    #expect(losses > 0)
  }

  @Test func `a loss of power at any change leaves what was acknowledged, and at most one more`() throws {
    let whole = SimulatedDisk(seed: 1)
    _ = Self.work(try Self.open(whole), count: 8)
    #expect(whole.changes > 30)
    for change in 1...whole.changes {
      for seed in Seeds.run(1) {
        var random = SeededRandom(seed: seed &+ UInt64(change) << 8)
        let disk = SimulatedDisk(seed: seed)
        disk.changesUntilPowerFails = change
        var acknowledged = 0
        if let database = try? Self.open(disk) { acknowledged = Self.work(database, count: 8) }
        disk.losePower(&random)
        let found = try Self.numbers(disk)
        let all = Array(1..<found.count + 1)
        #expect(
          found == all && (acknowledged...acknowledged + 1).contains(found.count),
          "change \(change), seed \(seed): \(acknowledged) acknowledged, \(found) found")
        // It goes on from there, and a second loss takes nothing either.
        let database = try Self.open(disk)
        #expect(Self.work(database, from: found.count + 1, count: 3) == 3)
        disk.losePower(&random)
        #expect(try Self.numbers(disk) == Array(1..<found.count + 4))
      }
    }
  }

  @Test func `a reader beside the writer sees whole transactions`() throws {
    let disk = SimulatedDisk(seed: 1)
    let writer = try Self.open(disk)
    _ = Self.work(writer, count: 3)
    let reader = try RawDatabase(Self.path, vfs: disk.name, isReadOnly: true)
    try reader.run("BEGIN")
    #expect(try reader.column("SELECT count(*) FROM numbers") == ["3"])
    _ = Self.work(writer, from: 4, count: 9)
    #expect(try reader.column("SELECT count(*) FROM numbers") == ["3"])
    try reader.run("COMMIT")
    #expect(try reader.column("SELECT count(*) FROM numbers") == ["12"])
    // Two cannot write.
    let second = try RawDatabase(Self.path, vfs: disk.name)
    try writer.run("BEGIN IMMEDIATE")
    #expect(throws: RawDatabase.Failure.self) { try second.run("BEGIN IMMEDIATE") }
    try writer.run("COMMIT")
    try second.run("BEGIN IMMEDIATE; COMMIT")
  }

  @Test func `a full disk refuses what grows, and takes it again when there is space`() throws {
    let disk = SimulatedDisk(seed: 1)
    let database = try Self.open(disk)
    #expect(Self.work(database, count: 5) == 5)
    disk.isFull = true
    #expect(Self.work(database, from: 6, count: 50) < 50)
    disk.isFull = false
    #expect(Self.work(database, from: 100, count: 5) == 5)
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  @Test func `one failure of each kind is told, and harms nothing that was there`() throws {
    for operation in [SimulatedDisk.Operation.read, .write, .sync] {
      let disk = SimulatedDisk(seed: 1)
      #expect(Self.work(try Self.open(disk), count: 5) == 5)
      var left = 1
      disk.fails = { asked in
        if asked == operation { left -= 1 }
        return asked == operation && left == 0
      }
      let database = try? Self.open(disk)
      _ = database.map { Self.work($0, from: 6, count: 5) }
      #expect(disk.failures == 1, "\(operation)")
      disk.fails = { _ in false }
      #expect(try Self.numbers(disk).starts(with: [1, 2, 3, 4, 5]))
    }
  }

  @Test func `who had files open before a loss of power can do nothing any more`() throws {
    var random = SeededRandom(seed: 1)
    let disk = SimulatedDisk(seed: 1)
    let old = try Self.open(disk)
    #expect(Self.work(old, count: 3) == 3)
    disk.losePower(&random)
    #expect(Self.work(old, from: 4, count: 3) == 0)
    let new = try Self.open(disk)
    #expect(Self.work(new, from: 4, count: 3) == 3)
    #expect(Self.work(old, from: 7, count: 1) == 0)
    #expect(try Self.numbers(disk) == [1, 2, 3, 4, 5, 6])
  }
}
