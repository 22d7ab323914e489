import HubIO
import HubTesting
import Testing

/// Runs the write task of one channel as a connection does, and counts what it is told.
private final class Writer: ChannelOwner, @unchecked Sendable {
  private(set) var blocks = 0
  private(set) var breaks = 0
  private var isWriting = false
  private var most = 0

  func channelBlocked(_ channel: Channel) {
    blocks += 1
    if isWriting { return }
    isWriting = true
    Task(executorPreference: channel.reactor) {
      while !channel.isClosed, channel.isBlocked {
        await channel.waitWritable()
        channel.flush()
      }
      self.isWriting = false
    }
  }

  func channelBroke(_ channel: Channel) {
    breaks += 1
    channel.close()
  }
}

@Suite struct ChannelTests {
  @Test func `all that is pushed arrives, in order, however little the socket takes`() async {
    for seed in Seeds.run(60) {
      let problems = await BlockingThread.run { Self.pushing(seed) }
      #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
    }
  }

  private static func pushing(_ seed: UInt64) -> [String] {
    let stepped = SteppedReactors(count: 1, seed: seed)
    let network = SimulatedNetwork(stepped.kernels)
    let sink = SimulatedReader(name: "sink")
    stepped.participants = [network, sink]
    var random = SeededRandom(seed: seed)
    let conduct = SimulatedLink.Conduct(
      capacity: random.number(in: 1...300), window: random.number(in: 1...200), bytesPerStep: random.number(in: 1...90),
      splitsSends: random.once(in: 2))
    sink.connect(network.connect(to: 0, conduct))
    let writer = Writer()
    let channel = stepped.on(0) { reactor in
      let channel = Channel(descriptor: stepped.kernels[0].accept(0).descriptor, reactor: reactor)
      channel.owner = writer
      reactor.add(channel)
      return channel
    }
    var expected: [UInt8] = []
    for _ in 0..<120 {
      for _ in 0..<random.number(in: 0...8) { _ = stepped.step() }
      if random.once(in: 10) { sink.readLimit = random.once(in: 2) ? 3 : .max }
      stepped.on(0) { _ in
        for _ in 0..<random.number(in: 0...4) {
          let bytes = (0..<random.number(in: 1...60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          expected += bytes
          channel.push(bytes)
        }
      }
    }
    _ = stepped.run(limit: 100_000) { sink.all.count == expected.count }
    var problems = sink.all == expected ? [] : ["\(sink.all.count) of \(expected.count) bytes came"]
    if !channel.outbox.isEmpty { problems.append("\(channel.outbox.byteCount) bytes are left") }
    if channel.acknowledged != UInt64(expected.count) { problems.append("acknowledged: \(channel.acknowledged)") }
    return problems
  }

  @Test func `a broken connection is told once, and nothing is sent any more`() async {
    let breaks = await BlockingThread.run {
      let stepped = SteppedReactors(count: 1, seed: 1)
      let network = SimulatedNetwork(stepped.kernels)
      let link = network.connect(to: 0, SimulatedLink.Conduct())
      let writer = Writer()
      stepped.on(0) { reactor in
        let channel = Channel(descriptor: stepped.kernels[0].accept(0).descriptor, reactor: reactor)
        channel.owner = writer
        reactor.add(channel)
        link.reset()
        channel.push([1])
        channel.flush()
        channel.push([2])
        channel.flush()
        reactor.turn(sleeping: false)
      }
      return [writer.breaks, stepped.kernels[0].openCount]
    }
    #expect(breaks == [1, 0])
  }

  @Test func `what an outbox has no room for is not taken, but for what the socket takes now`() async {
    let answers = await BlockingThread.run {
      let stepped = SteppedReactors(count: 1, seed: 1)
      let network = SimulatedNetwork(stepped.kernels)
      _ = network.connect(to: 0, SimulatedLink.Conduct(capacity: 10, window: 10, bytesPerStep: 10))
      let writer = Writer()
      return stepped.on(0) { reactor in
        let channel = Channel(descriptor: stepped.kernels[0].accept(0).descriptor, reactor: reactor)
        channel.owner = writer
        reactor.add(channel)
        let limit = OutboxLimit(frames: 2, bytes: 100)
        var answers: [Bool] = []
        for _ in 0..<5 { answers.append(channel.offer([1, 2, 3, 4], frames: 1, limit: limit)) }
        return answers
      }
    }
    // Two wait; the third makes the socket take ten bytes, which frees two frames; then it is full.
    #expect(answers == [true, true, true, true, false])
  }

  @Test func `what is peeked at stays, what is skipped is gone, and the end is told when all was seen`() async {
    let seen = await BlockingThread.run {
      let stepped = SteppedReactors(count: 1, seed: 1)
      let network = SimulatedNetwork(stepped.kernels)
      let link = network.connect(to: 0, SimulatedLink.Conduct(bytesPerStep: 1))
      let channel = stepped.on(0) { reactor in
        let channel = Channel(descriptor: stepped.kernels[0].accept(0).descriptor, reactor: reactor)
        reactor.add(channel)
        return channel
      }
      /// What one look finds: so many bytes, -1 for nothing, -2 for the end.
      func look(_ look: (Channel) -> Channel.Received) -> Int {
        stepped.on(0) { _ in
          switch look(channel) {
          case .bytes(let count): count
          case .nothing: -1
          case .end: -2
          }
        }
      }
      func pass() {
        while network.step(&stepped.random) {}
        while stepped.on(0, { $0.turn(sleeping: false) }) {}
      }
      var seen: [Int] = [look { $0.peek(9, seen: 0) }]
      _ = link.clientSend([1, 2, 3, 4, 5])
      pass()
      seen += [look { $0.peek(3, seen: 0) }, look { $0.peek(9, seen: 3) }, look { $0.peek(9, seen: 5) }]
      _ = link.clientSend([6])
      pass()
      seen.append(look { $0.peek(9, seen: 5) })
      stepped.on(0) { _ in channel.skip(4) }
      link.clientEnd()
      pass()
      seen += [
        look { $0.peek(9, seen: 0) }, look { $0.peek(9, seen: 2) }, look { $0.receive() }, look { $0.receive() },
      ]
      return seen
    }
    #expect(seen == [-1, 3, 5, -1, 6, 2, -2, 2, -2])
  }
}
