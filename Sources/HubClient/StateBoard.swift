import HubIO

/// Where a client's state is shown to whoever looks.
final class StateBoard: Sendable {
  private struct Board {
    var current = ConnectionState.connecting
    var isFinished = false
    var watchers: [Int: AsyncStream<ConnectionState>.Continuation] = [:]
    var nextWatcher = 0
  }

  private static let buffered = 16
  private let board = Lock(Board())

  var current: ConnectionState { board.withLock { $0.current } }

  func show(_ state: ConnectionState) {
    let watchers = board.withLock { board -> [AsyncStream<ConnectionState>.Continuation] in
      guard state != board.current else { return [] }
      board.current = state
      return Array(board.watchers.values)
    }
    for watcher in watchers { watcher.yield(state) }
  }

  /// No change follows.
  func finish() {
    let watchers = board.withLock { board in
      board.isFinished = true
      defer { board.watchers = [:] }
      return Array(board.watchers.values)
    }
    for watcher in watchers { watcher.finish() }
  }

  /// The state now, then each change.
  func stream() -> AsyncStream<ConnectionState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ConnectionState.self, bufferingPolicy: .bufferingNewest(Self.buffered))
    let (number, current) = board.withLock { board -> (Int?, ConnectionState) in
      if board.isFinished { return (nil, board.current) }
      board.nextWatcher += 1
      board.watchers[board.nextWatcher] = continuation
      // Within the lock: a change must not come before what it changes.
      continuation.yield(board.current)
      return (board.nextWatcher, board.current)
    }
    guard let number else {
      continuation.yield(current)
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.board.withLock { $0.watchers[number] = nil }
    }
    return stream
  }
}
