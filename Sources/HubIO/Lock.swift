package import Glibc

/// A value that one thread at a time may touch.
///
/// Built on `pthread_mutex` because ThreadSanitizer does not see `Synchronization.Mutex` and reports false races there.
/// Critical sections must be short: a reactor that waits here serves nobody.
@safe package final class Lock<State>: @unchecked Sendable {
  // Not private only so that `withLock` can be inlined: elsewhere it costs a generic call per publish.
  @usableFromInline package var state: State
  @usableFromInline package let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init(_ state: sending State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  @inlinable package func withLock<Result, Failure>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }
}
