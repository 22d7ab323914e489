import HubIO
import HubTesting
import HubWire

/// The sockets of the system and a clock that leaps over every wait in which nothing happens.
final class ManualKernel: Kernel {
  private let system = LinuxKernel()
  let clock = SimulatedClock()
  /// How long the last wait might have been; nil for ever.
  private(set) var limit: Duration?

  func now() -> Moment { clock.now }
  func wallTime() -> Int64 { clock.wallTime }

  func wait(atMost limit: Duration?, report: (Int32, Readiness) -> Void) {
    self.limit = limit
    system.wait(atMost: .zero, report: report)
  }

  func watch(_ descriptor: Int32, edgeTriggered: Bool) { system.watch(descriptor, edgeTriggered: edgeTriggered) }
  func unwatch(_ descriptor: Int32) { system.unwatch(descriptor) }
  func wake() { system.wake() }
  func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    system.receive(descriptor, into: buffer)
  }
  func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { system.send(descriptor, bytes) }
  func send(_ descriptor: Int32, pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
    system.send(descriptor, pieces: pieces)
  }
  func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    system.peek(descriptor, into: buffer)
  }
  func accept(_ listener: Int32) -> (descriptor: Int32, peer: IPAddress) { system.accept(listener) }
  func shutdownSending(_ descriptor: Int32) { system.shutdownSending(descriptor) }
  func unacknowledged(_ descriptor: Int32) -> Int { system.unacknowledged(descriptor) }
  func close(_ descriptor: Int32) { system.close(descriptor) }
}
