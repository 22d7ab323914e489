private import CLinux
private import Glibc
package import HubWire

/// The real operating system: epoll for readiness, an eventfd for wake-ups, non-blocking sockets.
@safe package final class LinuxKernel: Kernel, @unchecked Sendable {
  private let epoll: Int32
  private let waker: Int32
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// How many ready descriptors one wait reports at most; the rest stays ready and comes with the next turn.
  private static let eventsPerWait = 512
  /// How many pieces one `sendmsg` takes at most: enough to fill a socket buffer, well below `IOV_MAX`.
  private static let piecesPerSend = 64

  package init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    waker = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    precondition(epoll >= 0 && waker >= 0, "the system gives no epoll or eventfd descriptor (errno \(errno))")
    unsafe events = .allocate(capacity: Self.eventsPerWait)
    watch(waker, edgeTriggered: true)
  }

  deinit {
    unsafe events.deallocate()
    _ = Glibc.close(waker)
    _ = Glibc.close(epoll)
  }

  package func now() -> Moment {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  package func wallTime() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  // MARK: Readiness

  package func watch(_ descriptor: Int32, edgeTriggered: Bool) {
    let interest: UInt32 =
      edgeTriggered
      ? EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
      : EPOLLIN.rawValue
    var event = unsafe epoll_event(events: interest, data: epoll_data_t(fd: descriptor))
    unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
  }

  package func unwatch(_ descriptor: Int32) {
    var event = unsafe epoll_event()
    unsafe epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  package func wait(atMost limit: Duration?, report: (Int32, Readiness) -> Void) {
    // Rounded up: waking a fraction of a millisecond early would spin until the timer is due.
    let milliseconds = limit.map { Int32(clamping: ($0.nanoseconds + 999_999) / 1_000_000) } ?? -1
    let count = unsafe epoll_wait(epoll, events.baseAddress, Int32(Self.eventsPerWait), milliseconds)
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let event = unsafe events[index]
      let descriptor = unsafe event.data.fd
      if descriptor == waker {
        var value: eventfd_t = 0
        unsafe eventfd_read(waker, &value)
        continue
      }
      var readiness: Readiness = []
      if unsafe event.events & Self.readable != 0 { readiness.insert(.read) }
      if unsafe event.events & Self.writable != 0 { readiness.insert(.write) }
      if unsafe event.events & Self.ended != 0 { readiness.insert(.end) }
      report(descriptor, readiness)
    }
  }

  private static let readable = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
  private static let ended = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
  private static let writable = EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue

  package func wake() {
    eventfd_write(waker, 1)
  }

  // MARK: Sockets

  package func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
    return count >= 0 ? count : -Int(errno)
  }

  package func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    return count >= 0 ? count : -Int(errno)
  }

  package func send(_ descriptor: Int32, pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
    let count = min(pieces.count, Self.piecesPerSend)
    return unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) { vector in
      for index in 0..<count {
        unsafe vector[index] = iovec(
          iov_base: UnsafeMutableRawPointer(mutating: pieces[index].baseAddress), iov_len: pieces[index].count)
      }
      var message = unsafe msghdr()
      unsafe message.msg_iov = vector.baseAddress
      unsafe message.msg_iovlen = count
      let sent = unsafe sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
      return sent >= 0 ? sent : -Int(errno)
    }
  }

  package func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_PEEK))
    return count >= 0 ? count : -Int(errno)
  }

  package func accept(_ listener: Int32) -> (descriptor: Int32, peer: IPAddress) {
    var address: (high: UInt64, low: UInt64) = (0, 0)
    let descriptor = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      unsafe linux_accept(listener, bytes.bindMemory(to: UInt8.self).baseAddress)
    }
    return (
      descriptor >= 0 ? descriptor : -errno,
      IPAddress(high: UInt64(bigEndian: address.high), low: UInt64(bigEndian: address.low))
    )
  }

  package func shutdownSending(_ descriptor: Int32) {
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  package func unacknowledged(_ descriptor: Int32) -> Int {
    max(0, Int(linux_unacknowledged(descriptor)))
  }

  package func close(_ descriptor: Int32) {
    _ = Glibc.close(descriptor)
  }
}
