import HubIO

/// One question's turn on the connection, which can be cut short. Touched on the reactor's thread only.
final class PublishTurn: @unchecked Sendable {
  /// The wait before the next try.
  let pause: Pause
  /// Waits for its turn.
  var waiter: UnsafeContinuation<Void, Never>?
  /// Why it is not to go on.
  private(set) var end: ClientError?

  init(reactor: Reactor) {
    pause = Pause(reactor: reactor)
  }

  func end(_ error: ClientError) {
    end = end ?? error
    pause.end()
  }
}
