package import HubIO
package import HubRooms
package import HubWire

/// The journal of a hub whose engine is away: SQLite in a directory of its own, and one thread, which puts whatever waits
/// into one transaction and answers once that has reached the disk.
///
/// A disk that fails is tried again with whatever is asked next.
package final class DiskJournal: FallbackJournal {
  private let queue: Lock<JournalQueue>
  let writer: JournalWriter
  private let bell = Doorbell()
  private let thread = Lock<WorkerThread?>(nil)
  /// Held until the journal is stopped or gone.
  private let directoryLock: Lock<DirectoryLock?>

  /// Opens the journal in `directory` with what waits in it, and makes one where there is none.
  ///
  /// - Parameter vfs: SQLite's name of what stands between it and the system; nil for the system. With one, nothing is
  ///   locked.
  package static func open(
    _ directory: String, limits: JournalLimits = JournalLimits(), vfs: String? = nil
  ) throws(DiskError) -> DiskJournal {
    let lock = vfs == nil ? try DirectoryLock(directory) : nil
    let files = StoreFiles(journalIn: directory, vfs: vfs)
    try files.create()
    let database = try files.opening { () throws(SQLiteError) in try files.writing() }
    try Schema.journal.migrate(database, files) { database throws(SQLiteError) in
      try Schema.foundJournal(database, id: ConnectionID.random().description)
    }
    let queue = Lock(JournalQueue(limits: limits))
    let writer = try files.opening { () throws(SQLiteError) in
      let store = try JournalStore(database)
      try store.check()
      return try JournalWriter(store, files, limits, queue)
    }
    return DiskJournal(writer, queue, lock)
  }

  /// Whether a journal was made in `directory`, be it that its log alone is left.
  package static func exists(in directory: String) -> Bool {
    let path = StoreFiles(journalIn: directory, vfs: nil).path
    return [path, path + "-wal"].contains { StoreFiles.size(of: $0) ?? 0 > 0 }
  }

  /// What the journal has in `directory`, and the directory itself.
  package static func files(in directory: String) -> [String] {
    [directory] + ["lock", "journal.db", "journal.db-wal", "journal.db-shm"].map { directory + "/" + $0 }
  }

  private init(_ writer: JournalWriter, _ queue: Lock<JournalQueue>, _ lock: DirectoryLock?) {
    self.writer = writer
    self.queue = queue
    directoryLock = Lock(lock)
  }

  // MARK: Running

  /// Starts the thread. Without it ``work()`` does what there is to do.
  package func start() {
    thread.withLock { thread in
      guard thread == nil else { return }
      thread = WorkerThread("journal") { [self] in
        while true {
          while work() {}
          if queue.withLock({ $0.isStopping && $0.events == 0 }) { return }
          bell.wait()
        }
      }
    }
  }

  /// Does the next step on the calling thread; false where there was nothing to do.
  package func work() -> Bool { writer.work() }

  /// Finishes what waits, takes nothing more, and closes the file. Blocks until that is done.
  package func stop() {
    queue.withLock { $0.stop() }
    bell.ring()
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
    while work() {}
    writer.close()
    directoryLock.withLock { $0 = nil }
  }

  package func tick(at time: Moment) {
    let (late, reason) = queue.withLock { $0.expire(at: time) }
    for request in late { request.answer(.failed(reason)) }
  }

  // MARK: FallbackJournal

  package func append(_ batch: [NewAppend], to room: RoomName) async -> [Result<Appended, HubError>] {
    if batch.isEmpty { return [] }
    return switch await ask(.append(batch, to: room)) {
    case .appended(let answers): answers
    case .failed(let error): Array(repeating: .failure(error), count: batch.count)
    case .entries, .removed: preconditionFailure("an append is answered as something else")
    }
  }

  package func first(_ limit: Int) async throws(HubError) -> [JournalEntry] {
    switch await ask(.first(max(1, limit))) {
    case .entries(let entries): return entries
    case .failed(let error): throw error
    case .appended, .removed: preconditionFailure("a reading is answered as something else")
    }
  }

  package func remove(through sequence: Int64) async throws(HubError) {
    if case .failed(let error) = await ask(.remove(through: sequence)) { throw error }
  }

  package var count: Int { writer.tally.withLock { $0.events } }

  /// How much waits for the disk, in events.
  package var waiting: Int { queue.withLock { $0.events } }

  private func ask(_ work: JournalRequest.Work) async -> JournalRequest.Answer {
    await withUnsafeContinuation { continuation in
      let request = JournalRequest(work, continuation)
      if let refusal = queue.withLock({ $0.add(request) }) { return request.answer(.failed(refusal)) }
      bell.ring()
    }
  }
}
