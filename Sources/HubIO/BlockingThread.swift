private import Glibc

/// Runs what blocks (name look-up, files) on a thread of its own, so that no reactor waits for it.
package enum BlockingThread {
  /// Where the system starts no thread, the caller's own runs it: not for a reactor's.
  package static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    unsafe await withUnsafeContinuation { continuation in
      do throws(SystemError) {
        try start { unsafe continuation.resume(returning: body()) }
      } catch {
        unsafe continuation.resume(returning: body())
      }
    }
  }

  /// Begins to run it.
  /// - Throws: where the system starts no thread; then it does not run.
  static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var thread = pthread_t()
    let call = unsafe Unmanaged.passRetained(Call(body))
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        unsafe Unmanaged<Call>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, call.toOpaque())
    guard result == 0 else {
      unsafe call.release()
      throw SystemError("start a thread", number: result)
    }
    pthread_detach(thread)
  }

  private final class Call {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
