/// A descriptor that a reactor owns and reports on: a channel, a listener, a signal source.
package class Handle {
  package let descriptor: Int32
  package unowned(unsafe) let reactor: Reactor

  package init(descriptor: Int32, reactor: Reactor) {
    self.descriptor = descriptor
    unsafe self.reactor = reactor
  }

  /// On the reactor's thread, once for each change.
  package func becameReady(_ readiness: Readiness) {
    preconditionFailure("a handle must say what it does when it is ready")
  }
}
