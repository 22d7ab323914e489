import HubIO
import HubRooms
import HubWire

/// Does what waits, all of it in one transaction, and answers once that lasts. Used by one thread at a time.
final class JournalWriter: @unchecked Sendable {
  let files: StoreFiles
  private let limits: JournalLimits
  private let queue: Lock<JournalQueue>
  /// What lasts.
  let tally: Lock<JournalTally>
  /// Nil after an error that leaves the connection in doubt, until it is opened anew.
  var store: JournalStore?

  /// Past so many pages the log is moved into the database.
  private static let logPages = 2000
  /// What is read at once, whatever was asked for.
  private static let part = ReadLimit(events: 1024, bytes: 8 << 20)

  init(
    _ store: JournalStore, _ files: StoreFiles, _ limits: JournalLimits, _ queue: Lock<JournalQueue>
  ) throws(SQLiteError) {
    self.store = store
    self.files = files
    self.limits = limits
    self.queue = queue
    tally = Lock(try store.tally())
  }

  /// Does what waits; false where nothing does.
  func work() -> Bool {
    let requests = queue.withLock { $0.take() }
    guard !requests.isEmpty else { return false }
    do throws(SQLiteError) {
      try run(requests)
    } catch {
      // Where the disk is full, room is still made and found.
      let others = requests.filter { !$0.isAppend }
      let isTriedAgain = error.isFull && !others.isEmpty && others.count < requests.count
      if isTriedAgain { try? run(others) }
      for request in requests { request.answer(.failed(Self.refusal(error))) }
    }
    checkpoint()
    queue.withLock { $0.finish() }
    return true
  }

  private static func refusal(_ error: SQLiteError) -> HubError {
    HubError(
      .engineUnavailable,
      error.isDamage ? "the journal is damaged: \(error)" : "the journal cannot be written: \(error)")
  }

  // MARK: One transaction

  private func run(_ requests: [JournalRequest]) throws(SQLiteError) {
    do throws(SQLiteError) {
      let store = try openStore()
      var after = tally.withLock { $0 }
      var answers: [JournalRequest.Answer] = []
      try store.transaction { () throws(SQLiteError) in
        for request in requests { answers.append(try answer(request.work, &after, store)) }
      }
      tally.withLock { [after] in $0 = after }
      for (request, answer) in zip(requests, answers) { request.answer(answer) }
    } catch {
      discard(after: error)
      throw error
    }
  }

  private func answer(
    _ work: JournalRequest.Work, _ tally: inout JournalTally, _ store: JournalStore
  ) throws(SQLiteError) -> JournalRequest.Answer {
    switch work {
    case .append(let batch, let room):
      var answers: [Result<Appended, HubError>] = []
      for append in batch { answers.append(try take(append, room, &tally, store)) }
      return .appended(answers)
    case .first(let limit):
      return .entries(
        try store.first(ReadLimit(events: min(limit, Self.part.events), bytes: Self.part.bytes)))
    case .remove(let sequence):
      let gone = try store.tally(through: sequence)
      try store.remove(through: sequence)
      tally.events -= gone.events
      tally.bytes -= gone.bytes
      return .removed
    }
  }

  private func take(
    _ append: NewAppend, _ room: RoomName, _ tally: inout JournalTally, _ store: JournalStore
  ) throws(SQLiteError) -> Result<Appended, HubError> {
    if append.event.isEphemeral {
      return .failure(HubError(.engineUnavailable, "an ephemeral event does not wait, and the engine is away"))
    }
    if let key = append.key, let digest = try store.digest(of: key, room) {
      if digest == key.digest { return .success(.queued) }
      return .failure(
        HubError(.conflict, "the idempotency key was used for another event in this room; use a new key"))
    }
    if let refusal = tally.refusal(of: append, limits) { return .failure(refusal) }
    try store.insert(append, room)
    tally.add(append)
    return .success(.queued)
  }

  // MARK: The connection

  /// The store; where it was closed it is opened anew, and counted.
  private func openStore() throws(SQLiteError) -> JournalStore {
    if let store { return store }
    let opened = try JournalStore(files.writing())
    let stored = try opened.tally()
    tally.withLock { $0 = stored }
    store = opened
    return opened
  }

  /// Where the disk is full the connection is as it was. After anything else nobody knows what it holds.
  private func discard(after error: SQLiteError) {
    if !error.isFull { store = nil }
  }

  /// Moves the log into the database before it is long; where that fails, what was answered is in the log all the same.
  private func checkpoint() {
    guard let store, store.database.pagesInLog >= Self.logPages else { return }
    do throws(SQLiteError) { try store.database.checkpoint() } catch { discard(after: error) }
  }

  /// Closes the store; what is in the log goes into the database first, as far as that can be done now.
  func close() {
    try? store?.database.checkpoint(emptying: true)
    store = nil
  }
}
