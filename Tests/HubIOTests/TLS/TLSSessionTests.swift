import COpenSSL
import Glibc
import HubTesting
import Testing

@testable import HubIO

/// One encrypted channel with a small socket, its peer, and the turns of its reactor, all on one thread.
private final class Pairing: ChannelOwner, @unchecked Sendable {
  let reactor = Reactor(index: 0, kernel: LinuxKernel())
  let channel: Channel
  let peer: TLSPeer
  private(set) var received: [UInt8] = []
  private(set) var hasEnded = false
  private(set) var blocks = 0
  private var isWriting = false

  init(_ context: TLSContext, version: Int32 = TLS1_3_VERSION, buffer: Int32, certificate: String? = nil) {
    var ends: [Int32] = [0, 0]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends)
    for end in ends {
      var size = buffer
      setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    channel = Channel(descriptor: ends[0], reactor: reactor)
    peer = TLSPeer(descriptor: ends[1], version: version, certificate: certificate)
    reactor.adoptThread()
    channel.secure(with: context.session(on: ends[0], reactor: reactor)!)
    channel.owner = self
    reactor.add(channel)
    Task.immediate(executorPreference: reactor) { await self.read() }
  }

  private func read() async {
    while true {
      switch channel.receive() {
      case .bytes(let count): received += UnsafeRawBufferPointer(rebasing: reactor.receiveBuffer[..<count])
      case .nothing: await channel.waitReadable()
      case .end:
        hasEnded = true
        return
      }
    }
  }

  func channelBlocked(_ channel: Channel) {
    blocks += 1
    if isWriting { return }
    isWriting = true
    Task(executorPreference: reactor) {
      while !channel.isClosed, !channel.outbox.isEmpty {
        await channel.waitWritable()
        channel.flush()
      }
      self.isWriting = false
    }
  }

  func channelBroke(_ channel: Channel) { channel.close() }

  /// Turns until `isDone`: whether it came to that.
  func run(most: Int = 100_000, until isDone: () -> Bool) -> Bool {
    for _ in 0..<20_000 {
      if isDone() { return true }
      reactor.turn(sleeping: false)
      peer.step(most: most)
    }
    return isDone()
  }

  func end() {
    channel.close()
    reactor.turn(sleeping: false)
    reactor.leaveThread()
  }
}

@Suite struct TLSSessionTests {
  private static func context(_ made: MadeCertificates, authorities: String? = nil) throws -> TLSContext {
    try made.make("hub")
    let pair = TLSConfiguration.Pair(certificate: made.path("hub.pem"), key: made.path("hub.key"))
    return TLSContext(try TLSContext.prepare(TLSConfiguration(pairs: [pair], clientAuthorities: authorities)))
  }

  @Test func `all that is pushed arrives both ways, however little the sockets take, and while keys change`()
    async throws
  {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    for seed in Seeds.run(40) {
      let problems = await BlockingThread.run { Self.pushing(context, seed) }
      #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
    }
    #expect(context.underWay == 0)
  }

  /// What the peer wrote is with the hub.
  private static func settleHalf(_ pairing: Pairing) {
    for _ in 0..<100 {
      pairing.peer.step(most: 0)
      pairing.reactor.turn(sleeping: false)
    }
  }

  private static func pushing(_ context: TLSContext, _ seed: UInt64) -> [String] {
    var random = SeededRandom(seed: seed)
    let version = random.once(in: 3) ? TLS1_2_VERSION : TLS1_3_VERSION
    let pairing = Pairing(
      context, version: version, buffer: Int32(random.number(in: 1...(random.once(in: 4) ? 400_000 : 40_000))))
    defer { pairing.end() }
    var (toPeer, toHub): ([UInt8], [UInt8]) = ([], [])
    func some(_ most: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: random.number(in: 1...most))
    }
    for _ in 0..<150 {
      // Before the handshake is done as well: what is pushed then waits for it.
      for _ in 0..<random.number(in: 0...6) {
        let bytes = some(random.once(in: 8) ? 70_000 : 300)
        toPeer += bytes
        pairing.channel.push(bytes)
      }
      if random.once(in: 3) {
        let bytes = some(random.once(in: 8) ? 200_000 : 300)
        toHub += bytes
        pairing.peer.write(bytes)
      }
      if random.once(in: 20) { pairing.peer.updateKeys(both: false) }
      for _ in 0..<random.number(in: 0...3) { pairing.reactor.turn(sleeping: false) }
      pairing.peer.step(most: random.number(in: 0...20_000))
    }
    var problems: [String] = []
    func settle() {
      let isDone = pairing.run { pairing.peer.received.count == toPeer.count && pairing.received.count == toHub.count }
      if !isDone { problems.append("it stands still") }
    }
    settle()
    // New keys for both sides only in between: OpenSSL ends a connection that is asked for them amid a record that its
    // socket has taken half of.
    for _ in 0..<3 {
      pairing.peer.updateKeys(both: true)
      let bytes = some(5000)
      (toPeer, toHub) = (toPeer + bytes, toHub + bytes)
      pairing.peer.write(bytes)
      settleHalf(pairing)
      pairing.channel.push(bytes)
      settle()
    }
    if pairing.peer.received != toPeer {
      problems.append("\(pairing.peer.received.count) of \(toPeer.count) to the peer")
    }
    if pairing.received != toHub { problems.append("\(pairing.received.count) of \(toHub.count) to the hub") }
    if !pairing.channel.outbox.isEmpty { problems.append("\(pairing.channel.outbox.byteCount) bytes are left") }
    if pairing.reactor.statistics.handshakesDone != 1 { problems.append("no handshake") }
    return problems
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `the end is said behind the last bytes, also where the socket is full, and the peer can still speak`(
    version: Int32
  ) async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    let seen = await BlockingThread.run { () -> [Bool] in
      let pairing = Pairing(context, version: version, buffer: 1)
      defer { pairing.end() }
      let bytes = [UInt8](repeating: 7, count: 200_000)
      pairing.channel.push(bytes)
      Task.immediate(executorPreference: pairing.reactor) {
        await pairing.channel.waitDrained()
        pairing.channel.shutdownSending()
      }
      var seen = [pairing.run(most: 1000) { pairing.peer.hasEnded }]
      seen.append(pairing.peer.received == bytes && !pairing.peer.hasFailed && pairing.blocks > 0)
      pairing.peer.write([1, 2, 3])
      seen.append(pairing.run { pairing.received == [1, 2, 3] })
      pairing.peer.sayEnd()
      seen.append(pairing.run(most: 0) { pairing.hasEnded })
      return seen
    }
    #expect(seen == [true, true, true, true])
  }

  @Test func `an end that a full socket does not take is said when it takes bytes again`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    let seen = await BlockingThread.run { () -> [Int] in
      var (late, cut) = (0, 0)
      for count in 1...40 {
        let pairing = Pairing(context, buffer: 1)
        defer { pairing.end() }
        pairing.channel.push([0])
        _ = pairing.run { pairing.peer.received == [0] }
        // The peer takes nothing until the end is said; with one of the counts the last bytes just fill the socket.
        for _ in 0..<count {
          pairing.channel.push([UInt8](repeating: 7, count: 300))
          pairing.channel.flush()
        }
        if !pairing.channel.outbox.isEmpty { continue }
        pairing.channel.shutdownSending()
        if pairing.channel.tls!.isEndDue { late += 1 }
        if !pairing.run(until: { pairing.peer.hasEnded }) || pairing.peer.received.count != 1 + count * 300 { cut += 1 }
      }
      return [late, cut]
    }
    #expect(seen[0] > 0 && seen[1] == 0, "\(seen)")
  }

  @Test func `more than the receive buffer holds is read to its end, though nothing tells of it again`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    let count = await BlockingThread.run { () -> Int in
      let pairing = Pairing(context, buffer: 400_000)
      defer { pairing.end() }
      pairing.peer.write([1])
      _ = pairing.run { pairing.received == [1] }
      pairing.peer.write([UInt8](repeating: 7, count: 150_000))
      pairing.peer.step(most: 0)
      for _ in 0..<20 { pairing.reactor.turn(sleeping: false) }
      return pairing.received.count
    }
    #expect(count == 150_001)
  }

  @Test func `writing that waits for the handshake goes on when something has arrived`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    let seen = await BlockingThread.run { () -> [Bool] in
      let pairing = Pairing(context, buffer: 40_000)
      defer { pairing.end() }
      pairing.channel.push([1])
      pairing.channel.flush()
      var seen = [pairing.channel.isBlocked]
      pairing.channel.becameReady(.read)
      seen.append(pairing.channel.isBlocked)
      return seen
    }
    #expect(seen == [true, false])
  }

  @Test func `a close says the end as well`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made)
    let seen = await BlockingThread.run { () -> [Bool] in
      let pairing = Pairing(context, buffer: 40_000)
      pairing.channel.push([1])
      var seen = [pairing.run { pairing.peer.received == [1] }]
      pairing.end()
      for _ in 0..<3 { pairing.peer.step(most: 10) }
      seen.append(pairing.peer.hasEnded && !pairing.peer.hasFailed)
      return seen
    }
    #expect(seen == [true, true])
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `the peer's name is that of its verified certificate, and nil without one`(version: Int32) async throws {
    let made = try MadeCertificates()
    // Its own issuer, and so its own authority.
    try made.make("Ann-Lee")
    let context = try Self.context(made, authorities: made.path("Ann-Lee.pem"))
    let certificate = made.path("Ann-Lee")
    let names = await BlockingThread.run {
      [certificate, nil].map { certificate in
        let pairing = Pairing(context, version: version, buffer: 40_000, certificate: certificate)
        defer { pairing.end() }
        pairing.peer.write([1])
        return pairing.run { pairing.received == [1] } ? pairing.channel.tls?.peerName : "no handshake"
      }
    }
    #expect(names == ["Ann-Lee", nil])
  }

  @Test func `a stranger's certificate ends the handshake, which is counted as failed`() async throws {
    let made = try MadeCertificates()
    for name in ["ann", "stranger"] { try made.make(name) }
    let context = try Self.context(made, authorities: made.path("ann.pem"))
    let certificate = made.path("stranger")
    let seen = await BlockingThread.run { () -> [Bool] in
      let pairing = Pairing(context, buffer: 40_000, certificate: certificate)
      pairing.peer.write([1])
      let seen = [
        pairing.run { pairing.hasEnded && pairing.peer.hasFailed }, pairing.received.isEmpty,
        pairing.channel.tls?.peerName == nil, pairing.reactor.statistics.handshakesFailed == 1,
      ]
      pairing.end()
      return seen + [pairing.reactor.statistics.handshakesFailed == 1]
    }
    #expect(seen == [true, true, true, true, true])
    #expect(context.underWay == 0)
  }
}
