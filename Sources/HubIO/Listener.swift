private import Glibc
package import HubWire

/// A listening socket on one reactor: accepts whatever has arrived and hands each connection on.
///
/// Every reactor has a listener of its own on the same port (`SO_REUSEPORT`), so the kernel spreads connections and no
/// reactor hands sockets to another.
package final class Listener: Handle {
  private let accepted: (Int32, IPAddress) -> Void
  /// Given up for a moment when descriptors run out, so that waiting connections can be taken and closed: left in the
  /// backlog they would keep the listener ready for ever, and the reactor would spin.
  private var reserve: Int32

  /// Options that accepted sockets inherit: no delay of small frames, and little unsent data in the kernel, so that a
  /// slow reader is noticed by its outbox and not after megabytes of socket buffer.
  private static let unsentBytesInKernel: Int32 = 128 * 1024
  private static let backlog: Int32 = 4096

  /// Listens on `descriptor`, made by ``open(_:)``, and calls `accepted` with each new connection's descriptor and peer.
  package init(descriptor: Int32, reactor: Reactor, accepted: @escaping (Int32, IPAddress) -> Void) {
    self.accepted = accepted
    reserve = Self.openReserve()
    super.init(descriptor: descriptor, reactor: reactor)
  }

  deinit {
    if reserve >= 0 { _ = close(reserve) }
  }

  /// A bound, listening, non-blocking socket.
  ///
  /// - Parameter isExclusive: refuses an address on which another process listens. Sockets of one user may share a port
  ///   (`SO_REUSEPORT`), so without this a second hub would quietly take half of the first one's connections.
  /// - Throws: ``SystemError`` that names the address.
  package static func open(_ address: SocketAddress, isExclusive: Bool) throws(SystemError) -> Int32 {
    if isExclusive { try checkFree(address) }
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw SystemError("open a socket for \(address)") }
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, unsentBytesInKernel)
    let bound = unsafe address.withPointer { address, length in unsafe bind(descriptor, address, length) }
    guard bound == 0, listen(descriptor, backlog) == 0 else {
      let number = errno
      _ = close(descriptor)
      throw SystemError("listen on \(address)", number: number)
    }
    return descriptor
  }

  /// Another descriptor of a socket that was bound by somebody else, with the options that accepted sockets inherit.
  package static func share(_ listener: Int32) throws(SystemError) -> Int32 {
    let descriptor = fcntl(listener, F_DUPFD_CLOEXEC, 3)
    guard descriptor >= 0 else { throw SystemError("share the inherited socket") }
    set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, unsentBytesInKernel)
    return descriptor
  }

  /// Binds once without sharing, which fails where somebody listens.
  private static func checkFree(_ address: SocketAddress) throws(SystemError) {
    let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("open a socket for \(address)") }
    defer { _ = close(descriptor) }
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
    let bound = unsafe address.withPointer { address, length in unsafe bind(descriptor, address, length) }
    guard bound == 0 else { throw SystemError("listen on \(address)") }
  }

  private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  package override func becameReady(_ readiness: Readiness) {
    while true {
      let (descriptor, peer) = unsafe reactor.kernel.accept(self.descriptor)
      if descriptor >= 0 {
        accepted(descriptor, peer)
        continue
      }
      switch -descriptor {
      case EMFILE, ENFILE: if !shed() { return }
      case EINTR, ECONNABORTED: continue
      default: return
      }
    }
  }

  /// Takes one waiting connection only to close it: its client learns at once.
  private func shed() -> Bool {
    guard reserve >= 0 else { return pause() }
    _ = close(reserve)
    let descriptor = unsafe reactor.kernel.accept(self.descriptor).descriptor
    if descriptor >= 0 {
      unsafe reactor.kernel.close(descriptor)
      unsafe reactor.statistics.shedConnections += 1
    }
    reserve = Self.openReserve()
    return descriptor >= 0
  }

  /// Without a reserve nothing can be shed: stop listening to readiness for a moment.
  private func pause() -> Bool {
    unsafe reactor.kernel.unwatch(descriptor)
    _ = unsafe reactor.schedule(after: .milliseconds(100), .call(self, kind: 0))
    return false
  }

  private static func openReserve() -> Int32 {
    unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
  }
}

extension Listener: TimerTarget {
  package func timerFired(_ kind: UInt8) {
    if reserve < 0 { reserve = Self.openReserve() }
    unsafe reactor.kernel.watch(descriptor, edgeTriggered: false)
  }
}
