import HubIO

/// What is on its way from the reactor to one consumer.
///
/// Putting never waits, so that whatever one read of the socket held is kept; whoever puts looks whether it ``isFull``,
/// and brings nothing more then. Taking hands over everything at once: one wake-up a batch, not one an element.
final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var items: [Element] = []
    var weight = 0
    var isFinished = false
    var taker: UnsafeContinuation<Void, Never>?
  }

  private let state = Lock(State())
  private let limit: Int

  /// - Parameter limit: the weight from which on it is full, 1 at least: an empty one is not.
  init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// Adds elements; nothing happens once the mailbox is finished.
  func put(_ items: [Element], weight: Int) {
    let taker = state.withLock { state -> UnsafeContinuation<Void, Never>? in
      guard !state.isFinished, !items.isEmpty else { return nil }
      state.items.append(contentsOf: items)
      state.weight += weight
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }

  /// Whether the consumer lags so far that nothing more should be brought.
  var isFull: Bool { state.withLock { $0.weight >= limit && !$0.isFinished } }

  /// All that waits, or what comes next, and whether the mailbox was full. Empty where nothing more comes, or the task is
  /// cancelled.
  func take() async -> (items: [Element], wasFull: Bool) {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let waits = state.withLock { state in
          // The task is marked cancelled before the handler runs: one of the two sees the other.
          if !state.items.isEmpty || state.isFinished || Task.isCancelled { return false }
          state.taker = continuation
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      wakeTaker()
    }
    return state.withLock { state in
      defer {
        state.items = []
        state.weight = 0
      }
      return (state.items, state.weight >= limit)
    }
  }

  /// Nothing more is put. What is there can still be taken.
  func finish() {
    state.withLock { $0.isFinished = true }
    wakeTaker()
  }

  private func wakeTaker() {
    let taker = state.withLock { state in
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }
}
