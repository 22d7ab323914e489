/// Runs the actors of one reactor, one job at a time, on its thread.
///
/// A class of its own beside the task executor: both requirements are called `enqueue`, and the runtime must be told
/// apart which of the two an actor is bound to.
package final class ReactorSerialExecutor: SerialExecutor, @unchecked Sendable {
  unowned(unsafe) var reactor: Reactor!

  package func enqueue(_ job: consuming ExecutorJob) {
    unsafe reactor.enqueue(UnownedJob(job))
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  package func checkIsolated() {
    precondition(unsafe reactor.isOnThread, "not on the reactor's thread")
  }

  package func isIsolatingCurrentContext() -> Bool? {
    unsafe reactor.isOnThread
  }
}

/// Tasks that prefer a reactor resume on its thread. Every task must be started with this preference (`Task.immediate(
/// executorPreference:)`): without it, each wake goes through the global pool and back.
extension Reactor: TaskExecutor {
  package func enqueue(_ job: consuming ExecutorJob) {
    enqueue(UnownedJob(job))
  }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    unsafe UnownedTaskExecutor(ordinary: self)
  }
}
