import HubIO
import HubRooms
import HubWire

extension Writer {
  /// Nothing more is taken until a probe succeeds; whoever waits is told.
  func fail(_ error: SQLiteError) {
    // Where the disk is full the connection is as it was. After anything else nobody knows what it holds.
    if !error.isFull { store = nil }
    // Until it is opened anew, and the book is compared with it, that stays so.
    let failure = shared.fail(error, attempt: "written", isInDoubt: store == nil)
    shared.refuse(shared.queue.withLock { $0.finish() }, failure)
  }

  /// Tries whether the store can be written again, when it is time to; false where it is not.
  func probe() -> Bool {
    guard shared.queue.withLock({ $0.takeProbe() }) else { return false }
    do throws(SQLiteError) {
      let store = try openStore()
      try store.probe()
      // What rooms may not go on with has to be gone before anything is taken.
      _ = try maintain(store)
    } catch {
      fail(error)
      return true
    }
    shared.queue.withLock { $0.recover() }
    return true
  }

  /// The store; where it was closed it is opened anew, and the book is compared with it.
  private func openStore() throws(SQLiteError) -> Store {
    if let store { return store }
    let opened = try Store(files.writing())
    let stored = try opened.load()
    shared.book.withLock { $0.reload(stored) }
    store = opened
    return opened
  }
}
