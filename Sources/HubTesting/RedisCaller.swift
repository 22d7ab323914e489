private import Glibc
package import HubIO
package import HubWire

/// A connection to Redis that waits for each answer: how a test looks at a server, and what it does behind a hub's back.
package final class RedisCaller {
  /// How long an answer may take, in seconds.
  private static let patience = 60

  private let descriptor: Int32
  private var parser = RESPParser()
  private var piece = [UInt8](repeating: 0, count: 65_536)
  /// What the server has said without having been asked, since ``nextPush()`` was last called.
  private var pushes: [RESPValue] = []

  /// - Parameter version: Of the protocol: 2 or 3.
  package init(port: UInt16, version: Int = 3) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw SystemError("connect to Redis") }
    var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    if version == 3 { _ = try call("HELLO", 3) }
  }

  deinit {
    close(descriptor)
  }

  /// Sends commands without waiting for their answers.
  package func send(_ commands: [RESPCommand]) throws(SystemError) {
    var bytes: [UInt8] = []
    for command in commands { command.append(to: &bytes) }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SystemError("send to Redis") }
      sent += count
    }
  }

  /// The next answer; pushes before it are kept for ``nextPush()``.
  package func receive() throws -> RESPValue {
    while true {
      let value = try nextValue()
      guard case .push = value else { return value }
      pushes.append(value)
    }
  }

  package func call(_ arguments: RESPArgument...) throws -> RESPValue {
    try send([RESPCommand(arguments)])
    return try receive()
  }

  package func nextPush() throws -> RESPValue {
    pushes.isEmpty ? try nextValue() : pushes.removeFirst()
  }

  private func nextValue() throws -> RESPValue {
    while true {
      if let value = try parser.next() { return value }
      let count = read(descriptor, &piece, piece.count)
      // Zero is the end of the connection, which sets no number.
      guard count > 0 else { throw SystemError("read from Redis", number: count < 0 ? errno : ECONNRESET) }
      parser.receive(piece.span.extracting(first: count))
    }
  }
}
