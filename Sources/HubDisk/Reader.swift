import HubIO
import HubRooms
import HubWire

/// Reads for those who came late, on a connection of its own, which never waits for the writer, nor the writer for it.
/// Used by one thread at a time.
final class Reader: @unchecked Sendable {
  private let shared: SharedState
  private let files: StoreFiles
  /// Nil after an error, until it is needed again.
  private var history: StoredHistory?

  init(_ files: StoreFiles, _ shared: SharedState) {
    self.files = files
    self.shared = shared
  }

  /// Does the next read; false where none waits.
  func work() -> Bool {
    guard let item = shared.reads.withLock({ $0.take() }) else { return false }
    let result = Result { () throws(HubError) in try read(item) }
    shared.reads.withLock { $0.finish() }?.resume(returning: result)
    return true
  }

  func close() {
    history = nil
  }

  private func connection() throws(SQLiteError) -> StoredHistory {
    if let history { return history }
    let opened = try StoredHistory(files.reading())
    history = opened
    return opened
  }

  private func read(_ item: ReadQueue.Item) throws(HubError) -> StoredPart {
    do throws(SQLiteError) {
      let history = try connection()
      let part = try history.read(item)
      // A room that has just begun anew may still have its old row.
      let known = shared.book.withLock { $0.place(of: item.room) }
      guard let part, part.place.newest.epoch == known.newest.epoch else { return StoredPart(place: known, events: []) }
      shared.statistics.withLock { $0.read += UInt64(part.events.count) }
      return part
    } catch {
      history = nil
      if error.isDamage { throw shared.fail(error, attempt: "read", isInDoubt: nil) }
      throw HubError(.engineUnavailable, "the store cannot be read: \(error)")
    }
  }
}
