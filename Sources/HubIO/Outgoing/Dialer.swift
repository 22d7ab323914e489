private import Glibc

/// Outgoing connections: the one place that dials.
package enum Dialer {
  /// Connects to `host`, trying its addresses in order: each has an even share of the time that is left.
  /// - Throws: ``SystemError`` of the last address tried; `ETIMEDOUT` where it took until `end`.
  package static func dial(
    host: String, port: UInt16, on reactor: Reactor, until end: Moment
  ) async throws(SystemError) -> Channel {
    var failure = SystemError("find the address of \"\(host)\"", number: ENOENT)
    let addresses = try await NameLookUps.shared.addresses(of: host, port: port, on: reactor, until: end)
    for (index, address) in addresses.enumerated() {
      let left = max(.zero, end - reactor.kernel.now())
      switch await connect(to: address, on: reactor, within: left / (addresses.count - index)) {
      case .success(let channel): return channel
      case .failure(let error): failure = error
      }
    }
    throw failure
  }

  private static func connect(
    to address: SocketAddress, on reactor: Reactor, within limit: Duration
  ) async -> Result<Channel, SystemError> {
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
    let timer = reactor.schedule(after: limit, .call(TimeLimit(channel: channel), kind: 0))
    await channel.waitWritable()
    guard !channel.isClosed else { return .failure(SystemError("connect to \(address)", number: ETIMEDOUT)) }
    reactor.cancel(timer)
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

/// Ends a connection that is not established in time: the system itself would try for minutes. The timer holds it.
private final class TimeLimit: TimerTarget {
  private let channel: Channel

  init(channel: Channel) {
    self.channel = channel
  }

  func timerFired(_ kind: UInt8) {
    channel.close()
  }
}
