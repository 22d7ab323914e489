import HubIO

/// A wait on a reactor's timers that can be cut short, also before it begins. Touched on the reactor's thread only.
final class Pause {
  private let reactor: Reactor
  private var timer: TimerWheel<TimerAction>.ID?
  private var waiter: UnsafeContinuation<Void, Never>?
  private var isOver = false

  init(reactor: Reactor) {
    self.reactor = reactor
  }

  /// Returns when the time is over or ``end()`` is called. One task at a time.
  func wait(for duration: Duration) async {
    timer = reactor.schedule(after: duration, .call(self, kind: 0))
    await withUnsafeContinuation { continuation in
      if isOver { continuation.resume() } else { waiter = continuation }
    }
    if let timer { reactor.cancel(timer) }
    timer = nil
    isOver = false
  }

  func end() {
    isOver = true
    waiter?.resume()
    waiter = nil
  }
}

extension Pause: TimerTarget {
  func timerFired(_ kind: UInt8) {
    timer = nil
    end()
  }
}
