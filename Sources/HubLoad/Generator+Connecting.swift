import CLinux
import Glibc

/// Opening, upgrading, writing to and losing connections.
extension Generator {
  /// The key is always the same, so that its accept key is known (RFC 6455 section 1.3).
  private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  private static let acceptKey: StaticString = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  mutating func open(_ connection: Place) {
    let descriptor = socket(
      address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { return giveUp("socket: \(LoadError.last) after \(opened) connections") }
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    if options.sourceAddresses > 1 {
      var source = sockaddr_in()
      source.sin_family = sa_family_t(AF_INET)
      source.sin_addr.s_addr = UInt32(0x7F00_0001 + connection.pointee.index % options.sourceAddresses).bigEndian
      setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &one, size)
      if Self.with(source, { bind(descriptor, $0, $1) }) != 0 {
        close(descriptor)
        return giveUp("bind: \(LoadError.last)")
      }
    }
    let server = connection.pointee.role == .publisher ? address.at(port: options.publishPort) : address
    connection.pointee.begin(descriptor, at: monotonicNow(), tls: tls, host: options.host)
    if connection.pointee.role == .subscriber {
      opened += 1
      handshakesUnderWay += 1
    }
    if server.withPointer({ connect(descriptor, $0, $1) }) != 0 && errno != EINPROGRESS {
      remark("connect: \(LoadError.last)")
      lose(connection, expected: false)
    } else {
      register(connection, EPOLL_CTL_ADD)
    }
  }

  mutating func finishConnecting(_ connection: Place, _ events: UInt32) {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(connection.pointee.descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
    if error != 0 || events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
      remark("connect: \(String(cString: strerror(error)))")
      return lose(connection, expected: false)
    }
    connection.pointee.wantsWriting = false
    register(connection, EPOLL_CTL_MOD)
    if connection.pointee.role == .publisher {
      connection.pointee.state = .live
      publishersReady += 1
    } else {
      sendHandshake(connection)
    }
  }

  private mutating func sendHandshake(_ connection: Place) {
    let values = Template.Values(
      room: UInt64(connection.pointee.room), connection: UInt64(connection.pointee.index))
    var request = "GET \(pathTemplate.text(values)) HTTP/1.1\r\nHost: \(options.hostField(options.port))\r\n"
    request += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    request += "Sec-WebSocket-Key: \(Self.key)\r\n"
    for header in headerTemplates { request += header.text(values) + "\r\n" }
    request += "\r\n"
    request.withUTF8 { connection.pointee.output.append($0.baseAddress!, count: $0.count) }
    connection.pointee.state = .handshake
    flush(connection)
  }

  /// Takes the answer to the upgrade. The bytes used: 0 while it is not whole.
  mutating func takeHandshake(
    _ connection: Place, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ now: UInt64
  ) -> Int {
    guard let blank = find(bytes, count, "\r\n\r\n") else {
      if count > 65_536 { refuse(connection, bytes, count) }
      return 0
    }
    let length = blank - bytes + 4
    guard find(bytes, min(count, 12), "HTTP/1.1 101") != nil, find(bytes, length, Self.acceptKey) != nil else {
      refuse(connection, bytes, count)
      return count
    }
    let values = Template.Values(
      room: UInt64(connection.pointee.room), connection: UInt64(connection.pointee.index))
    for hello in helloTemplates {
      var text = hello.text(values)
      text.withUTF8 { connection.pointee.appendFrame(opcode: 1, $0) }
    }
    connection.pointee.state = .waiting
    flush(connection)
    if ready.isEmpty && connection.pointee.state == .waiting { becomeLive(connection, now) }
    return length
  }

  /// Asks for every room's history at once: from here on each subscriber is owed all of it.
  mutating func resumeAll() {
    for room in 0..<options.rooms { self.room(room).pointee.published = options.messages }
    let resume = Template(options.resume)
    defer { resume.free() }
    for index in 0..<options.subscribers where connections[index].state == .live {
      let connection = connections.baseAddress! + index
      let values = Template.Values(room: UInt64(connection.pointee.room), connection: UInt64(index))
      var text = resume.text(values)
      text.withUTF8 { connection.pointee.appendFrame(opcode: 1, $0) }
      counters.expected += options.messages
      flush(connection)
    }
  }

  private mutating func refuse(_ connection: Place, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) {
    if findings.handshakeErrors == 0 {
      let answer = UnsafeBufferPointer(start: bytes, count: min(count, 300))
      remark("handshake refused: \(String(decoding: answer, as: UTF8.self))")
      refused = RefusedAnswer(handshake: bytes, count)
    }
    findings.handshakeErrors += 1
    findings.connectErrors -= 1  // `lose` counts it as one
    lose(connection, expected: false)
  }

  mutating func becomeLive(_ connection: Place, _ now: UInt64) {
    handshakeTimes.add(now - connection.pointee.openedAt)
    handshakesUnderWay -= 1
    if options.mode == .churn {
      counters.cycles += 1
      return leave(connection)
    }
    let room = rooms[connection.pointee.room]
    connection.pointee.state = .live
    connection.pointee.joinedAfter = room.published
    connection.pointee.received = 0
    connection.pointee.check = SequenceCheck(next: room.sequence)
    self.room(connection.pointee.room).pointee.live += 1
    subscribed += 1
  }

  /// Closes from our side: with the closing handshake, or a reset.
  private mutating func leave(_ connection: Place) {
    connection.pointee.state = .closing
    if options.aborts { return lose(connection, expected: true) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { code in
      code[0] = 0x03
      code[1] = 0xE8
      connection.pointee.appendFrame(opcode: 8, UnsafeBufferPointer(code))
    }
    flush(connection)
  }

  /// Writes the output; what the socket does not take waits for writability.
  mutating func flush(_ connection: Place) {
    while connection.pointee.output.count > 0 {
      let output = connection.pointee.output
      let sent = connection.pointee.send(output.bytes, output.count)
      if sent >= 0 {
        connection.pointee.output.consume(sent)
      } else if errno == EAGAIN {
        if connection.pointee.wantsWriting || connection.pointee.awaitsReading { return }
        connection.pointee.wantsWriting = true
        return register(connection, EPOLL_CTL_MOD)
      } else if errno != EINTR {
        return lose(connection, expected: connection.pointee.state == .closing)
      }
    }
    if connection.pointee.role == .subscriber { connection.pointee.output.release() }
    if connection.pointee.wantsWriting {
      connection.pointee.wantsWriting = false
      register(connection, EPOLL_CTL_MOD)
    }
  }

  /// A connection is gone. What it was still owed is no longer expected.
  mutating func lose(_ connection: Place, expected: Bool) {
    let state = connection.pointee.state
    guard state != .closed else { return }
    if !expected, findings.connectErrors == 0, let problem = connection.pointee.certificateProblem {
      remark("the server's certificate is not believed: \(problem)")
    }
    if !expected && (state == .live || connection.pointee.role == .publisher) { findings.disconnects += 1 }
    switch (connection.pointee.role, state) {
    case (.publisher, .live): publishersReady -= 1
    case (.publisher, _): break
    case (.subscriber, .live):
      let room = rooms[connection.pointee.room]
      counters.expected -= max(0, room.published - connection.pointee.joinedAfter - connection.pointee.received)
      self.room(connection.pointee.room).pointee.live -= 1
      subscribed -= 1
    case (.subscriber, .closing): break
    case (.subscriber, _):
      handshakesUnderWay -= 1
      findings.connectErrors += 1
    }
    connection.pointee.close(reset: options.aborts || options.mode == .churn)
  }

  private static func with<Result>(
    _ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
