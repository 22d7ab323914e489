import HubIO
import HubRooms
import HubWire

/// Something that is asked of a journal, and who waits for the answer. The first answer counts.
final class JournalRequest: Sendable {
  enum Work: Sendable {
    case append([NewAppend], to: RoomName)
    case first(Int)
    case remove(through: Int64)
  }

  enum Answer: Sendable {
    /// One for each event.
    case appended([Result<Appended, HubError>])
    case entries([JournalEntry])
    case removed
    /// It has come to nothing; an append or a removal may have been taken all the same.
    case failed(HubError)
  }

  let work: Work
  /// What it counts for among what waits.
  let events: Int
  let bytes: Int
  private let continuation: Lock<UnsafeContinuation<Answer, Never>?>

  init(_ work: Work, _ continuation: UnsafeContinuation<Answer, Never>) {
    self.work = work
    self.continuation = Lock(continuation)
    if case .append(let batch, _) = work {
      events = batch.count
      bytes = batch.reduce(0) { $0 + $1.entrySize }
    } else {
      events = 1
      bytes = 0
    }
  }

  var isAppend: Bool {
    if case .append = work { true } else { false }
  }

  func answer(_ answer: Answer) {
    let waiting = continuation.withLock { continuation in
      defer { continuation = nil }
      return continuation
    }
    waiting?.resume(returning: answer)
  }
}
