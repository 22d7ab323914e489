import Glibc
import HubDisk
import HubIO
import HubRedis
import HubRooms
import HubServer

/// Where the served hub's events live, by the setting `engine`.
struct ServedStore {
  let engine: any Engine
  private let begin: @Sendable () -> Void
  private let end: @Sendable () async -> Void

  init(_ settings: Settings) throws {
    switch settings.engine {
    case .memory: self.init(engine: MemoryEngine(settings))
    case .disk(let directory): try self.init(directory, settings)
    case .redis: try self.init(redis: settings)
    }
  }

  private init(_ directory: String, _ settings: Settings) throws {
    let disk = try DiskEngine.open(directory, limits: DiskLimits(settings))
    if !settings.user.isEmpty { try Privileges.give(DiskEngine.files(in: directory), to: settings.user) }
    self.init(engine: disk, begin: { disk.start() }, end: { await BlockingThread.run { disk.stop() } })
  }

  private init(redis settings: Settings) throws {
    let journal = try Self.journal(settings)
    let redis = RedisEngine(options: try RedisOptions(settings, journal: journal))
    self.init(
      engine: redis, begin: { journal?.start() },
      end: {
        await redis.stop()
        await BlockingThread.run { journal?.stop() }
      })
  }

  private static func journal(_ settings: Settings) throws -> DiskJournal? {
    let redis = settings.redis
    guard let directory = redis.journal.directory else { return nil }
    // What was acknowledged under that fallback is sent on under another one too.
    guard redis.fallback == .journal || DiskJournal.exists(in: directory) else { return nil }
    var limits = JournalLimits()
    limits.events = redis.journal.events
    limits.bytes = redis.journal.bytes
    limits.queueEvents = redis.queue.events
    limits.queueBytes = redis.queue.bytes
    let journal = try DiskJournal.open(directory, limits: limits)
    if !settings.user.isEmpty { try Privileges.give(DiskJournal.files(in: directory), to: settings.user) }
    return journal
  }

  private init(
    engine: any Engine, begin: @escaping @Sendable () -> Void = {}, end: @escaping @Sendable () async -> Void = {}
  ) {
    self.engine = engine
    self.begin = begin
    self.end = end
  }

  func start() {
    begin()
  }

  /// Nothing is asked of the hub any more: what waits is written, and files and connections are closed.
  func stop() async {
    await end()
  }
}

extension DiskError {
  /// By the table of sysexits.
  var exitCode: Int32 {
    switch kind {
    case .directory: EX_NOINPUT
    case .locked, .foreign: EX_CONFIG
    case .damaged: EX_DATAERR
    case .system: EX_IOERR
    }
  }
}
