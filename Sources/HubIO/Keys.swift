private import Glibc

/// What is typed on a terminal, as events on a reactor.
package final class Keys: Handle {
  private let pressed: ([UInt8]) -> Void
  /// As many as are taken at a time.
  private static let most = 256

  /// To be added level-triggered: what one read leaves is told again.
  ///
  /// Calls `pressed` on the reactor's thread with what was typed; with nothing once the terminal is gone.
  package init(descriptor: Int32, reactor: Reactor, pressed: @escaping ([UInt8]) -> Void) {
    self.pressed = pressed
    super.init(descriptor: descriptor, reactor: reactor)
  }

  /// One read: the terminal is left as others have it, and more than one could block.
  package override func becameReady(_ readiness: Readiness) {
    var keys = [UInt8](repeating: 0, count: Self.most)
    let count = unsafe keys.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    pressed(Array(keys.prefix(max(0, count))))
  }
}
