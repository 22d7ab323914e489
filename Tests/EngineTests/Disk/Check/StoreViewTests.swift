import Glibc
import HubWire
import Testing

@testable import HubDisk

/// Looking at a store from outside leaves it as it is.
@Suite struct StoreViewTests {
  /// The files of a directory, and what is in them.
  private static func contents(_ path: String) throws -> [String: [UInt8]] {
    let directory = try #require(opendir(path))
    defer { closedir(directory) }
    var contents: [String: [UInt8]] = [:]
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      contents[name] = try bytes(path + "/" + name)
    }
    return contents
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes
  }

  private static func error(_ path: String) -> DiskError? {
    do throws(DiskError) {
      _ = try StoreCheck.run(path)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a look changes nothing and makes nothing`() async throws {
    let directory = try await StoreSamples.directory()
    let before = try Self.contents(directory.path)
    _ = try StoreSamples.check(directory)
    _ = try StoreSamples.export(directory)
    var after = try Self.contents(directory.path)
    // An index of the log in shared memory, of which SQLite marks who reads.
    after["roomcast.db-shm"] = before["roomcast.db-shm"]
    #expect(after == before)
  }

  @Test func `a copy of the file alone is enough, and stays alone`() async throws {
    let directory = try await StoreSamples.directory()
    for name in ["lock", "roomcast.db-wal", "roomcast.db-shm"] { unlink(directory.path + "/" + name) }
    let before = try Self.contents(directory.path)
    #expect(before.count == 1)
    #expect(try StoreSamples.check(directory).events == 10)
    #expect(try StoreSamples.export(directory).count == 10)
    #expect(try Self.contents(directory.path) == before)
  }

  @Test func `a path may have signs that mean something in addresses`() async throws {
    let directory = try await StoreSamples.directory()
    for name in ["lock", "roomcast.db-wal", "roomcast.db-shm"] { unlink(directory.path + "/" + name) }
    let strange = TemporaryDirectory(path: directory.path + "?#%41")
    try #require(rename(directory.path, strange.path) == 0)
    #expect(try StoreCheck.run(strange.path).events == 10)
  }

  @Test func `what a hub wrote a moment ago is there, and it goes on`() async throws {
    let rig = try EngineRig()
    _ = await rig.append(data: "1")
    #expect(try StoreSamples.check(rig.directory).events == 1)
    _ = await rig.append(data: "2")
    let lines = try StoreSamples.export(rig.directory)
    #expect(lines.count == 2 && lines[1].contains("\"data\":2"))
    #expect(await rig.append(data: "3").fresh?.offset == 3)
  }

  @Test func `an export sees one state, whatever happens meanwhile`() async throws {
    let rig = try EngineRig()
    for room in ["b", "c"] {
      for _ in 0..<3 { _ = await rig.append(room) }
    }
    let database = try Database(path: rig.directory.database, access: .write, vfs: nil)
    var lines = 0
    _ = try StoreExport.run(rig.directory.path) { _ in
      if lines == 0 { #expect((try? database.execute("DELETE FROM events; DELETE FROM rooms")) != nil) }
      lines += 1
      return true
    }
    #expect(lines == 6)
  }

  @Test func `where there is no store, none is made`() throws {
    let directory = TemporaryDirectory()
    #expect(Self.error(directory.path)?.kind == .directory)
    #expect(Self.error(directory.path + "/none")?.kind == .directory)
    #expect(try Self.contents(directory.path).isEmpty)
    #expect(StoreCheck.isNew(directory.path) && StoreCheck.isNew(directory.path + "/none"))
    #expect(!StoreCheck.isNew(directory.path + "/none/none") && !StoreCheck.isNew("/dev/null"))
  }

  @Test func `stores of other versions, and of other programs, are told apart`() async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(directory, "PRAGMA user_version = 99")
    #expect(Self.error(directory.path)?.description.contains("newer version") == true)
    try StoreSamples.change(directory, "PRAGMA user_version = -1")
    #expect(Self.error(directory.path)?.description.contains("older version") == true)
    try StoreSamples.change(directory, "PRAGMA application_id = 1")
    #expect(Self.error(directory.path)?.description.contains("another program") == true)
    #expect(Self.error(directory.path)?.kind == .foreign)
  }

  @Test func `a file that is gone while its log is there is damage`() async throws {
    let rig = try EngineRig()
    _ = await rig.append()
    unlink(rig.directory.database)
    #expect(Self.error(rig.directory.path)?.kind == .damaged)
    #expect(!StoreCheck.isNew(rig.directory.path))
  }

  @Test func `a file that is no database is damage`() async throws {
    let directory = try await StoreSamples.directory()
    directory.overwrite(Array("something else, longer than its head".utf8), at: 0)
    #expect(Self.error(directory.path)?.kind == .damaged)
  }
}
