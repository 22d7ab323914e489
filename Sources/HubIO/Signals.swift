private import CLinux
private import Glibc

/// Signals as events on a reactor, instead of handlers that may do next to nothing.
package final class Signals: Handle {
  package enum Signal: Sendable {
    /// SIGTERM or SIGINT: end in good order.
    case terminate
    /// SIGHUP: read the settings again.
    case reload
  }

  private static let numbers = [SIGTERM, SIGINT, SIGHUP]
  private let received: (Signal) -> Void

  /// Blocks the signals in the calling thread and in all that it starts later: call before any reactor starts.
  package static func block() {
    _ = unsafe withSet { unsafe pthread_sigmask(SIG_BLOCK, $0, nil) }
    // A peer that is gone must be an error of the send, not the end of the process.
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Whether one of them is blocked and not taken yet, for those who keep the reactor's thread from taking it.
  package static var arePending: Bool {
    var pending = sigset_t()
    unsafe sigpending(&pending)
    for number in numbers where unsafe sigismember(&pending, number) == 1 { return true }
    return false
  }

  /// Calls `received` on the reactor's thread for each signal.
  package init(reactor: Reactor, received: @escaping (Signal) -> Void) {
    self.received = received
    let descriptor = unsafe Self.withSet { unsafe signalfd(-1, $0, Int32(SFD_NONBLOCK | SFD_CLOEXEC)) }
    precondition(descriptor >= 0, "the system gives no signal descriptor (errno \(errno))")
    super.init(descriptor: descriptor, reactor: reactor)
  }

  package override func becameReady(_ readiness: Readiness) {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while unsafe read(descriptor, &information, size) == size {
      received(information.ssi_signo == UInt32(SIGHUP) ? .reload : .terminate)
    }
  }

  private static func withSet<Result>(_ body: (UnsafePointer<sigset_t>) -> Result) -> Result {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    return unsafe body(&set)
  }
}
