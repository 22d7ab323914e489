private import Glibc

/// Outgoing connections: the one place that dials.
package enum Dialer {
  /// Connects to `host`, trying its addresses in order. Names are looked up on a thread of their own.
  /// - Throws: ``SystemError`` of the last address tried.
  package static func dial(host: String, port: UInt16, on reactor: Reactor) async throws(SystemError) -> Channel {
    var failure = SystemError("find the address of \"\(host)\"", number: ENOENT)
    for address in try await lookUp(host: host, port: port) {
      switch await connect(to: address, on: reactor) {
      case .success(let channel): return channel
      case .failure(let error): failure = error
      }
    }
    throw failure
  }

  private static func lookUp(host: String, port: UInt16) async throws(SystemError) -> [SocketAddress] {
    let result = await BlockingThread.run { () -> Result<[SocketAddress], SystemError> in
      do throws(SystemError) {
        return .success(try SocketAddress.resolve(host: host, port: port))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func connect(to address: SocketAddress, on reactor: Reactor) async -> Result<Channel, SystemError> {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { return .failure(SystemError("open a socket for \(address)")) }
    var one: Int32 = 1
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    let result = unsafe address.withPointer { address, length in unsafe Glibc.connect(descriptor, address, length) }
    guard result == 0 || errno == EINPROGRESS else {
      let number = errno
      _ = close(descriptor)
      return .failure(SystemError("connect to \(address)", number: number))
    }
    let channel = Channel(descriptor: descriptor, reactor: reactor)
    channel.beginConnecting()
    reactor.add(channel)
    await channel.waitWritable()
    var number: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
    guard number == 0 else {
      channel.close()
      return .failure(SystemError("connect to \(address)", number: number))
    }
    return .success(channel)
  }
}
