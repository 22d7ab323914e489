import HubIO

/// What is on its way from the reactor to one consumer, bounded by weight.
///
/// Putting never waits, so that whatever one read of the socket held is kept; whoever puts asks ``waitForRoom()`` before
/// it reads on. Taking hands over everything at once: one wake-up a batch, not one an element.
final class Mailbox<Element: Sendable>: Sendable {
  private struct State {
    var items: [Element] = []
    var weight = 0
    var isFinished = false
    var taker: UnsafeContinuation<Void, Never>?
    var giver: UnsafeContinuation<Void, Never>?
  }

  private let state = Lock(State())
  private let limit: Int

  /// - Parameter limit: the weight from which on there is no room.
  init(limit: Int) {
    self.limit = limit
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

  /// Whether the consumer lags so far that nothing more should be read.
  var isFull: Bool { state.withLock { $0.weight >= limit && !$0.isFinished } }

  /// Returns once there is room, or nobody takes any more.
  func waitForRoom() async {
    await withUnsafeContinuation { continuation in
      let waits = state.withLock { state in
        if state.weight < limit || state.isFinished { return false }
        state.giver = continuation
        return true
      }
      if !waits { continuation.resume() }
    }
  }

  /// All that waits, or what comes next. Empty where nothing more comes, or the task is cancelled.
  func take() async -> [Element] {
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
    let (items, giver) = state.withLock { state in
      defer {
        state.items = []
        state.weight = 0
        state.giver = nil
      }
      return (state.items, state.giver)
    }
    giver?.resume()
    return items
  }

  /// Nothing more is put. What is there can still be taken.
  func finish() {
    let giver = state.withLock { state in
      state.isFinished = true
      defer { state.giver = nil }
      return state.giver
    }
    giver?.resume()
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
