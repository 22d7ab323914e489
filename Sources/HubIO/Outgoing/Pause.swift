/// A wait on a reactor's timers that can be cut short, also before it begins. Touched on the reactor's thread only.
@safe package final class Pause {
  private let reactor: Reactor
  private var timer: TimerWheel<TimerAction>.ID?
  private var waiter: UnsafeContinuation<Void, Never>?
  private var isOver = false

  package init(reactor: Reactor) {
    self.reactor = reactor
  }

  /// Returns when the time is over or ``end()`` is called. One task at a time.
  package func wait(for duration: Duration) async {
    timer = reactor.schedule(after: duration, .call(self, kind: 0))
    unsafe await withUnsafeContinuation { continuation in
      if isOver { unsafe continuation.resume() } else { unsafe waiter = continuation }
    }
    if let timer { reactor.cancel(timer) }
    timer = nil
    isOver = false
  }

  package func end() {
    isOver = true
    unsafe waiter?.resume()
    unsafe waiter = nil
  }
}

extension Pause: TimerTarget {
  package func timerFired(_ kind: UInt8) {
    timer = nil
    end()
  }
}
