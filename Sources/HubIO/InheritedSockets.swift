private import Glibc

/// Listening sockets that the process was started with, by the protocol of systemd's socket activation (`sd_listen_fds`).
package enum InheritedSockets {
  private static let first: Int32 = 3

  /// The one that was handed over; nil where there is none for this process.
  ///
  /// - Throws: ``SystemError`` where there are several, which would leave clients of the others waiting for ever, and for
  ///   anything but a TCP socket that listens: clients are told apart by their addresses.
  package static func listener(environment: [String: String]) throws(SystemError) -> Int32? {
    guard environment["LISTEN_PID"] == "\(getpid())", let text = environment["LISTEN_FDS"], let count = Int(text),
      count > 0
    else { return nil }
    guard count == 1 else {
      throw SystemError("take \(count) sockets (LISTEN_FDS); hand over one", number: EINVAL)
    }
    guard listensOnTCP(first) else {
      throw SystemError(
        "take the socket that was handed over (LISTEN_FDS); it must be a TCP socket that listens, and not a Unix socket",
        number: EPROTOTYPE)
    }
    let flags = fcntl(first, F_GETFL)
    guard flags >= 0 else { throw SystemError("take the socket that was handed over (LISTEN_FDS)") }
    // systemd hands them over blocking, and open across an exec.
    _ = fcntl(first, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(first, F_SETFD, FD_CLOEXEC)
    return first
  }

  private static func listensOnTCP(_ descriptor: Int32) -> Bool {
    guard let family = option(SO_DOMAIN, of: descriptor), family == AF_INET || family == AF_INET6 else { return false }
    return option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue) && option(SO_ACCEPTCONN, of: descriptor) == 1
  }

  private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }
}
