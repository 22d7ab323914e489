import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// Stores to look at from outside.
enum StoreSamples {
  /// Closed in good order: the rooms `a` and `b:1`, of five events each, and one idempotency key of the last of them.
  static func directory() async throws -> TemporaryDirectory {
    let rig = try EngineRig()
    for room in ["a", "b:1"] {
      for number in 1...5 {
        rig.pass(1)
        let key = room == "b:1" && number == 5 ? Self.key("k") : nil
        _ = await rig.append([append("\(number)", key: key, time: rig.time)], to: room)
      }
    }
    rig.disk?.stop()
    return rig.directory
  }

  /// Runs an engine through what a seed gives: events of every kind, keys, retention, forgetting, restarts, crashes.
  static func random(seed: UInt64) async throws -> TemporaryDirectory {
    var random = SeededRandom(seed: seed)
    var limits = Samples.limits
    limits.roomEvents = 20
    let directory = TemporaryDirectory()
    for _ in 0..<random.number(in: 1...3) {
      let rig = try EngineRig(limits: limits, directory: directory)
      for _ in 0..<random.number(in: 5...40) { await step(rig, &random) }
      if random.once(in: 2) { rig.disk?.stop() }
    }
    return directory
  }

  private static func step(_ rig: EngineRig, _ random: inout SeededRandom) async {
    let room = ["a", "a:b", "b", "c", "zebra"][random.number(in: 0..<5)]
    switch random.number(in: 0..<8) {
    case 0: rig.pass(random.number(in: 1...30))
    case 1: await rig.close(room)
    case 2: rig.pass(random.number(in: 1...2))
    default:
      let batch = (0..<random.number(in: 1...8)).map { _ in
        append(time: rig.time, &random)
      }
      _ = await rig.append(batch, to: room)
    }
  }

  private static func append(time: Int64, _ random: inout SeededRandom) -> NewAppend {
    let number = random.number(in: 0..<1000)
    let texts = ["\(number)", "\"Gr\u{FC}\u{DF}e \\n \(number)\"", "{\"a\":[1.0e2,null],\"a\":\(number)}", "[]"]
    var event = NewEvent(name: .message, data: .json(Array(texts[number % texts.count].utf8)))
    if random.once(in: 4) {
      event.data = EventData(bytes: (0..<random.number(in: 0...9)).map { _ in UInt8(random.number(in: 0...255)) })
    }
    if random.once(in: 3), let name = try? EventName("n\u{E4}me \"\(number)\"") { event.name = name }
    if random.once(in: 3) { event.user = "user \\ \(number)" }
    if random.once(in: 5) { event.excluded = ConnectionID(high: random.next(), low: random.next()) }
    if random.once(in: 5) { event.trace = "00-\(number)-01" }
    event.isEphemeral = random.once(in: 10)
    let key = random.once(in: 3) ? Self.key("k\(random.number(in: 0..<50))") : nil
    return NewAppend(event: event, key: key, subscribers: 3, time: time)
  }

  static func append(_ data: String, key: IdempotencyKey? = nil, time: Int64 = 0) -> NewAppend {
    NewAppend(
      event: NewEvent(name: .message, data: .json(Array(data.utf8))), key: key, subscribers: 0, time: time)
  }

  private static func key(_ text: String) -> IdempotencyKey {
    IdempotencyKey(text: text, principal: "", digest: [UInt8](repeating: 7, count: 32))
  }

  /// Changes the store behind everybody's back.
  static func change(_ directory: TemporaryDirectory, _ sql: String) throws {
    let database = try Database(path: directory.database, access: .write, vfs: nil)
    try database.execute(sql)
    try database.checkpoint(emptying: true)
  }

  /// Writes garbage over the page on which a table begins, or over another one.
  static func breakPage(_ directory: TemporaryDirectory, of table: String, plus pages: Int64 = 0) throws {
    let database = try Database(path: directory.database, access: .read, vfs: nil)
    let page = try database.integer("SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'") ?? 0
    directory.overwrite([UInt8](repeating: 0xA5, count: 4096), at: Int(page + pages - 1) * 4096)
  }

  static func check(_ directory: TemporaryDirectory) throws -> StoreReport {
    try withExtendedLifetime(directory) { try StoreCheck.run(directory.path) }
  }

  // MARK: Lines

  static func export(_ directory: TemporaryDirectory, _ rooms: String...) throws -> [String] {
    try report(directory, rooms).lines
  }

  static func report(
    _ directory: TemporaryDirectory, _ rooms: [String] = []
  ) throws -> (lines: [String], report: StoreExport.Report) {
    var lines: [String] = []
    let patterns = try rooms.map { try RoomPattern($0) }
    let report = try withExtendedLifetime(directory) {
      try StoreExport.run(directory.path, rooms: patterns) { line in
        lines.append(String(decoding: line, as: UTF8.self))
        return true
      }
    }
    return (lines, report)
  }

  /// Imports all of them, and gives the reasons of the refused ones by the line's number.
  @discardableResult
  static func load(
    _ lines: [String], into directory: TemporaryDirectory, newEpochs: Bool = false
  ) throws -> (report: StoreImport.Report, refused: [Int: String]) {
    let store = try StoreImport(directory.path, newEpochs: newEpochs)
    var refused: [Int: String] = [:]
    for (index, line) in lines.enumerated() {
      if let reason = try store.take(Array(line.utf8)) { refused[index + 1] = "\(reason)" }
    }
    return (try store.finish(), refused)
  }
}
