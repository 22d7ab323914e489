private import Glibc

/// Runs what blocks (name look-up, files) on a thread of its own, so that no reactor waits for it.
package enum BlockingThread {
  package static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    unsafe await withUnsafeContinuation { continuation in
      let call = Call { unsafe continuation.resume(returning: body()) }
      var thread = pthread_t()
      let argument = unsafe Unmanaged.passRetained(call)
      let result = unsafe pthread_create(
        &thread, nil,
        { argument in
          unsafe Unmanaged<Call>.fromOpaque(argument!).takeRetainedValue().body()
          return nil
        }, argument.toOpaque())
      precondition(result == 0, "the system starts no thread (error \(result))")
      pthread_detach(thread)
    }
  }

  private final class Call {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
