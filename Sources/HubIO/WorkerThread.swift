private import CLinux
private import Glibc

/// A thread for work that blocks, which can be waited for.
@safe package struct WorkerThread: Sendable {
  private let thread: pthread_t

  /// Starts it; `name` is for debuggers and `top`, at most 15 bytes.
  package init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let work = Work(name: name, body: body)
    // The thread inherits the mask: signals are for other threads.
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(work)
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
        unsafe linux_name_thread(work.name)
        work.body()
        return nil
      }, argument.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "the system starts no thread (error \(result))")
    self.thread = thread
  }

  /// Returns when it has ended; once.
  package func join() {
    _ = pthread_join(thread, nil)
  }

  private final class Work {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
