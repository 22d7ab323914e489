import CLinux
import Glibc

/// One socket of the load: a subscriber or a publisher.
struct Connection {
  enum Role: UInt8 { case subscriber, publisher }

  enum State: UInt8 {
    case closed
    /// `connect` is under way.
    case connecting
    /// The upgrade is asked for.
    case handshake
    /// Upgraded; the frame that says "subscribed" is still to come.
    case waiting
    /// Subscribed, or ready to publish.
    case live
    /// We asked for the end.
    case closing
  }

  let index: Int
  let room: Int
  let role: Role
  var descriptor: Int32 = -1
  /// OpenSSL's side of the connection, where it is encrypted.
  var tls: OpaquePointer?
  /// Writing goes on when something has arrived: the TLS handshake is under way.
  var awaitsReading = false
  var state = State.closed
  /// Registered for writability, because the socket took no more.
  var wantsWriting = false
  /// Listed for the flush at the end of the publishing round.
  var isListed = false
  /// What arrived of a frame or an answer that is not whole yet.
  var held = ByteQueue()
  var output = ByteQueue()
  var openedAt: UInt64 = 0

  // Subscribers
  var check = SequenceCheck()
  var received = 0
  /// How many messages its room had when it was subscribed.
  var joinedAfter = 0

  // Publishers
  var answers = AnswerReader()
  /// Intended send times of the requests in flight: a ring.
  var sentAt: UnsafeMutablePointer<UInt64>?
  var firstInFlight = 0
  var inFlight = 0

  init(index: Int, room: Int, role: Role) {
    self.index = index
    self.room = room
    self.role = role
  }

  /// Back to the beginning, for a new socket.
  mutating func begin(_ descriptor: Int32, at now: UInt64, tls context: OpaquePointer?, host: String) {
    self.descriptor = descriptor
    if let context { secure(context, host: host) }
    state = .connecting
    wantsWriting = true
    openedAt = now
    answers = AnswerReader()
    firstInFlight = 0
    inFlight = 0
  }

  /// Closes the socket and gives its memory back; `reset` skips TIME_WAIT.
  mutating func close(reset: Bool) {
    if reset {
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
    endTLS()
    Glibc.close(descriptor)
    descriptor = -1
    state = .closed
    held.release()
    output.release()
  }

  /// Appends a masked frame (RFC 6455 section 5.3) to the output.
  mutating func appendFrame(opcode: UInt8, _ payload: UnsafeBufferPointer<UInt8>) {
    let mask: [4 of UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    output.append(most: payload.count + 14) { out in
      out[0] = 0x80 | opcode
      var header = 2
      if payload.count < 126 {
        out[1] = 0x80 | UInt8(payload.count)
      } else {
        let width = payload.count < 65_536 ? 2 : 8
        out[1] = 0x80 | (width == 2 ? 126 : 127)
        for byte in 0..<width { out[2 + byte] = UInt8(truncatingIfNeeded: payload.count >> (8 * (width - 1 - byte))) }
        header += width
      }
      for byte in 0..<4 { out[header + byte] = mask[byte] }
      header += 4
      for byte in 0..<payload.count { out[header + byte] = payload[byte] ^ mask[byte & 3] }
      return header + payload.count
    }
  }
}
