import HubIO
import HubRooms

/// The TLS handshakes of one worker that are under way, the oldest first.
///
/// Where the node has its limit (`tls.handshakes`), the oldest makes room for a new one: an honest handshake takes
/// milliseconds, so what has been waiting longest is most likely somebody who opens connections and says nothing.
struct HandshakeQueue {
  private var channels = Queue<Channel>()

  /// Begins the handshake of a connection that was just accepted.
  /// - Returns: false where the node has its limit, and none of those is here to make room.
  mutating func begin(on channel: Channel, with tls: TLSContext) -> Bool {
    if tls.isFull, let oldest = nextShaking() {
      channel.reactor.statistics.handshakesRefused += 1
      oldest.close()
    }
    guard let session = tls.session(on: channel.descriptor, reactor: channel.reactor) else { return false }
    channel.secure(with: session)
    channels.append(channel)
    // Those that are done are forgotten now and then, so that one that waits in front does not hold them all.
    if channels.count > 2 * tls.underWay + 64 { channels.removeAll { !Self.isShaking($0) } }
    return true
  }

  private mutating func nextShaking() -> Channel? {
    while let channel = channels.first {
      channels.removeFirst()
      if Self.isShaking(channel) { return channel }
    }
    return nil
  }

  private static func isShaking(_ channel: Channel) -> Bool {
    !channel.isClosed && channel.tls?.isShaking == true
  }
}
