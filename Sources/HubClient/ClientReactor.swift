package import HubIO

/// The reactor on which all clients of a process live, started with the first of them.
package enum ClientReactor {
  package static let shared: Reactor = {
    let reactor = Reactor(index: 0, kernel: LinuxKernel())
    reactor.start { _ in }
    return reactor
  }()

  /// Runs `body` on the reactor's thread.
  package static func perform(_ body: @escaping @Sendable (Reactor) -> Void) async {
    await Task(executorPreference: shared) { body(shared) }.value
  }
}
