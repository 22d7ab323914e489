import HubIO

/// What a caller waits for, and may stop waiting for: the first verdict counts.
final class Verdict<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, ClientError>?
    var waiter: UnsafeContinuation<Result<Value, ClientError>, Never>?
  }

  private let state = Lock(State())

  func settle(_ result: Result<Value, ClientError>) {
    let waiter = state.withLock { state -> UnsafeContinuation<Result<Value, ClientError>, Never>? in
      if state.result != nil { return nil }
      state.result = result
      return state.waiter
    }
    waiter?.resume(returning: result)
  }

  /// Waits for it. One task at a time.
  func get() async -> Result<Value, ClientError> {
    await withUnsafeContinuation { waiter in
      let result = state.withLock { state in
        if state.result == nil { state.waiter = waiter }
        return state.result
      }
      if let result { waiter.resume(returning: result) }
    }
  }
}
