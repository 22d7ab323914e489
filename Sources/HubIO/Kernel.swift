package import HubWire

/// What a reactor asks of the operating system: the one seam below the reactors.
///
/// ``LinuxKernel`` answers with epoll and sockets; tests answer from memory, with a clock of their own, so that a whole
/// hub can be stepped without a socket, a thread or a sleep. All of it is called on the reactor's own thread, except
/// ``wake()``.
package protocol Kernel: AnyObject {
  /// The monotonic clock.
  func now() -> Moment
  /// Milliseconds since 1970: the hub's clock for events.
  func wallTime() -> Int64

  /// Reports readiness of `descriptor` from now on: each change once (edge-triggered), or as long as it lasts.
  func watch(_ descriptor: Int32, edgeTriggered: Bool)
  /// Reports nothing more of `descriptor`; it stays open.
  func unwatch(_ descriptor: Int32)
  /// Waits until a descriptor is ready, ``wake()`` is called or the time is over (nil: no limit), then reports each
  /// ready descriptor once.
  func wait(atMost: Duration?, report: (Int32, Readiness) -> Void)
  /// Ends a ``wait(atMost:report:)`` of this kernel, from any thread.
  func wake()

  /// Takes what has arrived: a count of bytes, 0 at the end of the stream, or a negated `errno`.
  func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int
  /// Hands bytes to the socket: how many it took, or a negated `errno`.
  func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
  /// The same for several pieces at once.
  func send(_ descriptor: Int32, pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int
  /// Copies what has arrived and leaves it there, from its first byte on: counts as ``receive(_:into:)`` does.
  func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int
  /// Takes a connection from a listening socket: its descriptor, or a negated `errno`, and who is at its other end.
  func accept(_ listener: Int32) -> (descriptor: Int32, peer: IPAddress)
  /// Says that nothing more will be sent, and lets the peer read to the end.
  func shutdownSending(_ descriptor: Int32)
  /// How many bytes handed to the socket the peer has not acknowledged yet; 0 where unknown.
  func unacknowledged(_ descriptor: Int32) -> Int
  func close(_ descriptor: Int32)
}

/// What a descriptor is ready for.
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// There is something to take: bytes, the end, an error, or a connection.
  package static let read = Readiness(rawValue: 1)
  /// The socket takes bytes again.
  package static let write = Readiness(rawValue: 2)
  /// The peer has ended its side, or the connection broke: whatever is left to take, the end comes behind it.
  package static let end = Readiness(rawValue: 4)
}
