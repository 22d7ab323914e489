import Glibc
package import HubIO
package import HubRooms
package import HubWire

/// The engine that lasts: SQLite in a directory of its own.
///
/// Two threads: the writer puts whatever waits into one transaction and answers once that has reached the disk; the
/// reader serves those who came late. Where a room stands is answered from memory.
package final class DiskEngine: Engine {
  let shared: SharedState
  let writer: Writer
  private let reader: Reader
  private let writerBell = Doorbell()
  private let readerBell = Doorbell()
  private let threads = Lock<[WorkerThread]>([])
  /// Held until the engine is stopped or gone.
  private let directoryLock: Lock<DirectoryLock?>

  /// Opens the store in `directory`, and makes one where there is none.
  ///
  /// - Parameters:
  ///   - vfs: SQLite's name of what stands between it and the system; nil for the system. With one, nothing is locked,
  ///     and no clock is read.
  ///   - makeEpoch: names a new incarnation of a room.
  package static func open(
    _ directory: String, limits: DiskLimits = DiskLimits(), vfs: String? = nil,
    makeEpoch: @escaping @Sendable () -> String = MemoryEngine.randomEpoch
  ) throws(DiskError) -> DiskEngine {
    let lock = vfs == nil ? try DirectoryLock(directory) : nil
    let files = StoreFiles(directory: directory, vfs: vfs)
    try files.create()
    let database = try files.opening { () throws(SQLiteError) in try files.writing() }
    try Schema.store.migrate(database, files) { database throws(SQLiteError) in
      try Schema.foundStore(database, epoch: makeEpoch())
    }
    let store = try files.opening { () throws(SQLiteError) in try Store(database) }
    let stored = try files.opening { () throws(SQLiteError) in try store.load() }
    return DiskEngine(store, files, Book(stored, limits: limits, makeEpoch: makeEpoch), lock)
  }

  /// What the engine has in `directory`, and the directory itself.
  package static func files(in directory: String) -> [String] {
    [directory] + ["lock", "roomcast.db", "roomcast.db-wal", "roomcast.db-shm"].map { directory + "/" + $0 }
  }

  private init(_ store: Store, _ files: StoreFiles, _ book: sending Book, _ lock: DirectoryLock?) {
    directoryLock = Lock(lock)
    shared = SharedState(book: book, clock: files.vfs == nil ? Self.clock : nil)
    writer = Writer(store, files, shared)
    reader = Reader(files, shared)
  }

  private static let clock: @Sendable () -> Moment = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  // MARK: Running

  /// Starts the threads. Without them ``work()`` and ``readWork()`` do what there is to do.
  package func start() {
    threads.withLock { threads in
      threads = [
        WorkerThread("store-writer") { [self] in
          while true {
            repeat { writer.gather() } while work()
            if shared.queue.withLock({ $0.isStopping }) { return }
            writerBell.wait()
          }
        },
        WorkerThread("store-reader") { [self] in
          while true {
            while readWork() {}
            if shared.reads.withLock({ $0.isStopping }) { return }
            readerBell.wait()
          }
        },
      ]
    }
  }

  /// Does the writer's next step on the calling thread; false where there was nothing to do.
  package func work() -> Bool { writer.work() }

  /// Does the reader's next step on the calling thread; false where there was nothing to do.
  package func readWork() -> Bool { reader.work() }

  /// Finishes what waits, takes nothing more, and closes the store. Blocks until that is done.
  package func stop() {
    shared.queue.withLock { $0.stop() }
    shared.reads.withLock { $0.stop() }
    writerBell.ring()
    readerBell.ring()
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in running { thread.join() }
    while work() {}
    while readWork() {}
    reader.close()
    writer.close()
    directoryLock.withLock { $0 = nil }
  }

  // MARK: Engine

  package func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    // Told only what is certain.
    if let doubt = shared.queue.withLock({ $0.doubt }) { throw doubt }
    return shared.book.withLock { $0.open(room, at: time) }
  }

  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    batch.isEmpty ? [] : await write(batch, room, time)
  }

  package func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace {
    guard case .fresh(let position?) = try await write(nil, room, time)[0].get() else {
      throw HubError(.internal, "the store has not said where the room begins anew")
    }
    return RoomPlace(newest: position, oldest: 1)
  }

  /// Hands the writer a batch, or that a room is dropped.
  private func write(_ batch: [NewAppend]?, _ room: RoomName, _ time: Moment) async -> [Result<Appended, HubError>] {
    await withUnsafeContinuation { continuation in
      let item = WriteQueue.Item(room: room, batch: batch, since: time, continuation: continuation)
      let (refusal, isFirst) = shared.queue.withLock { queue in
        let refusal = queue.refusal(of: item)
        return (refusal, refusal == nil && queue.add(item))
      }
      if isFirst { writerBell.ring() }
      if let refusal { shared.refuse([item], refusal) }
    }
  }

  package var answersAtOnce: Bool { false }

  package func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended? {
    guard event.isEphemeral, key == nil else { return nil }
    if case .down(let reason) = health {
      shared.countRefused(1)
      throw HubError(.engineUnavailable, reason)
    }
    return .fresh(nil)
  }

  package func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    let since = shared.book.withLock { $0.clock.moment } ?? Moment(nanoseconds: 0)
    let result: Result<StoredPart, HubError> = await withUnsafeContinuation { continuation in
      let item = ReadQueue.Item(
        room: room, offset: offset, end: end, limit: limit, since: since, continuation: continuation)
      let refusal = shared.reads.withLock { reads in
        let refusal = reads.refusal
        if refusal == nil { reads.add(item) }
        return refusal
      }
      if let refusal { continuation.resume(returning: .failure(refusal)) } else { readerBell.ring() }
    }
    return try result.get()
  }

  package func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules) {
    shared.book.withLock { $0.rules = rules }
  }

  package func close(_ room: RoomName, at time: Moment) {
    shared.book.withLock { $0.close(room, at: time) }
  }

  package func tick(at time: Moment) {
    shared.book.withLock { $0.tick(at: time) }
    let (late, reason) = shared.queue.withLock { $0.expire(at: time) }
    shared.refuse(late, reason)
    for continuation in shared.reads.withLock({ $0.expire(at: time) }) {
      continuation.resume(returning: .failure(reason))
    }
    writerBell.ring()
  }

  package var health: EngineHealth { shared.queue.withLock { $0.health } }

  package var statistics: EngineStatistics {
    var statistics = shared.statistics.withLock { $0 }
    shared.book.withLock { book in
      statistics.rememberedRooms = book.rooms.idleCount
      statistics.keys = book.keys.count
    }
    statistics.waiting = shared.queue.withLock { $0.events }
    return statistics
  }
}
