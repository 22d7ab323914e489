private import Glibc
import Synchronization

/// Looks names up. The system offers no way to end a look-up, which may take half a minute: so many at most are under way,
/// and a name beyond them is an error.
final class NameLookUps: Sendable {
  /// Those of the process.
  static let shared = NameLookUps(limit: 32)

  let limit: Int
  private let underWay = Atomic<Int>(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// The addresses of `host`, in the system's order of preference. A number needs no look-up; a name is looked up on a
  /// thread of its own.
  ///
  /// - Throws: ``SystemError`` where there are none, or not until `end`: `ETIMEDOUT`.
  func addresses(
    of host: String, port: UInt16, on reactor: Reactor, until end: Moment
  ) async throws(SystemError) -> [SocketAddress] {
    if let number = SocketAddress.number(host: host, port: port) { return [number] }
    try enter(for: host)
    let pending = Pending(reactor: reactor)
    do throws(SystemError) {
      try BlockingThread.start {
        let result: Result<[SocketAddress], SystemError>
        do throws(SystemError) {
          result = .success(try SocketAddress.resolve(host: host, port: port))
        } catch {
          result = .failure(error)
        }
        self.leave()
        Task(executorPreference: reactor) { pending.settle(result) }
      }
    } catch {
      leave()
      throw error
    }
    await pending.pause.wait(for: max(.zero, end - reactor.kernel.now()))
    guard let result = pending.result else { throw SystemError("find the address of \"\(host)\"", number: ETIMEDOUT) }
    return try result.get()
  }

  private func enter(for host: String) throws(SystemError) {
    guard underWay.add(1, ordering: .relaxed).newValue > limit else { return }
    leave()
    throw SystemError("find the address of \"\(host)\" while \(limit) other names are looked up", number: EAGAIN)
  }

  private func leave() {
    underWay.subtract(1, ordering: .relaxed)
  }

  /// What one look-up has come to. Touched on its reactor's thread only.
  private final class Pending: @unchecked Sendable {
    let pause: Pause
    private(set) var result: Result<[SocketAddress], SystemError>?

    init(reactor: Reactor) {
      pause = Pause(reactor: reactor)
    }

    func settle(_ result: Result<[SocketAddress], SystemError>) {
      self.result = result
      pause.end()
    }
  }
}
