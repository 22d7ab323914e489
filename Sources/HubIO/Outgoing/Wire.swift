/// A connection that was dialled: its channel, the task that writes where the socket blocks, and the silence that ends
/// it. Touched on the reactor's thread only.
package final class Wire: @unchecked Sendable {
  package let channel: Channel
  private let reactor: Reactor
  private var isWriting = false

  /// What is done about silence.
  private enum Watch {
    case off
    /// Nothing for so long ends the connection.
    case listening(Duration)
    /// After so long these bytes ask the peer whether it is there; nothing for so much longer ends the connection.
    case asking(Duration, patience: Duration, @Sendable () -> [UInt8])
    /// Ends it, whatever comes.
    case ending
    /// So often, these bytes show the peer that this side is alive.
    case holding(Duration, @Sendable () -> [UInt8])
  }
  private var watch = Watch.off
  /// While holding: how long an answer may take, and since when one is due.
  private var answer: (within: Duration, dueSince: () -> Moment?)?
  private var timer: TimerWheel<TimerAction>.ID?
  private var lastHeard: Moment
  /// While asking: when that was done last.
  private var lastAsked: Moment?
  /// The connection was ended because nothing came, or not enough.
  package private(set) var fellSilent = false

  package init(channel: Channel, reactor: Reactor) {
    self.channel = channel
    self.reactor = reactor
    lastHeard = reactor.now
    unsafe channel.owner = self
  }

  /// Whether nothing has come that nobody asked for, the end of the stream included.
  package var isIdle: Bool {
    if case .nothing = channel.receive() { true } else { false }
  }

  package func send(_ bytes: [UInt8]) {
    channel.push(bytes)
  }

  /// What one look at the socket gives: nil where nothing is there.
  ///
  /// - Parameter body: takes the bytes, which are gone after it.
  /// - Returns: nil at the end of the stream.
  package func receive<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Received<Result> {
    switch channel.receive() {
    case .nothing: return .nothing
    case .end: return .end
    case .bytes(let count):
      lastHeard = reactor.now
      let bytes = unsafe UnsafeRawBufferPointer(start: reactor.receiveBuffer.baseAddress, count: count)
      return .result(try unsafe bytes.withMemoryRebound(to: UInt8.self) { try unsafe body($0.span) })
    }
  }

  package enum Received<Result> {
    case result(Result)
    case nothing
    case end
  }

  package func close() {
    rest()
    channel.close()
    unsafe channel.owner = nil
  }

  // MARK: Silence

  /// Ends the connection once nothing has come for `duration`, counted from now.
  package func endAfterSilence(of duration: Duration) {
    lastHeard = reactor.now
    begin(.listening(duration), after: duration)
  }

  /// Asks with `bytes` once nothing has come for `duration`, and ends the connection after `patience` more, counted from
  /// now.
  package func askAfterSilence(
    of duration: Duration, endingAfter patience: Duration, with bytes: @escaping @Sendable () -> [UInt8]
  ) {
    lastHeard = reactor.now
    begin(.asking(duration, patience: patience, bytes), after: duration)
  }

  /// Ends the connection after `duration`, whatever comes until then.
  package func endAfter(_ duration: Duration) {
    begin(.ending, after: duration)
  }

  /// Expects nothing, and sends `bytes` every so often.
  package func hold(every duration: Duration, sending bytes: @escaping @Sendable () -> [UInt8]) {
    begin(.holding(duration, bytes), after: duration)
  }

  /// The same, and ends the connection once nothing has come for `limit` since an answer is due.
  ///
  /// - Parameter dueSince: since when one is due; nil where none is.
  package func hold(
    every duration: Duration, sending bytes: @escaping @Sendable () -> [UInt8], answerWithin limit: Duration,
    dueSince: @escaping () -> Moment?
  ) {
    begin(.holding(duration, bytes), after: duration)
    answer = (limit, dueSince)
  }

  /// Lets silence be.
  package func rest() {
    stopTimer()
    watch = .off
    lastAsked = nil
    answer = nil
  }

  private func begin(_ watch: Watch, after duration: Duration) {
    rest()
    self.watch = watch
    if !channel.isClosed { timer = reactor.schedule(after: duration, .call(self, kind: 0)) }
  }

  private func stopTimer() {
    if let timer { reactor.cancel(timer) }
    timer = nil
  }

  // MARK: Writing

  private func write() async {
    while !channel.isClosed, channel.isBlocked {
      await channel.waitWritable()
      channel.flush()
    }
    isWriting = false
  }
}

extension Wire: TimerTarget {
  package func timerFired(_ kind: UInt8) {
    timer = nil
    switch watch {
    case .off: break
    case .ending:
      fellSilent = true
      channel.close()
    case .listening(let limit):
      let left = limit - (reactor.now - lastHeard)
      if left > .zero {
        timer = reactor.schedule(after: left, .call(self, kind: 0))
      } else {
        fellSilent = true
        channel.close()
      }
    case .asking(let limit, let patience, let bytes):
      let left = limit - (reactor.now - lastHeard)
      if left > .zero {
        timer = reactor.schedule(after: left, .call(self, kind: 0))
      } else if let lastAsked, lastAsked > lastHeard {
        fellSilent = true
        channel.close()
      } else {
        lastAsked = reactor.now
        channel.push(bytes())
        timer = reactor.schedule(after: patience, .call(self, kind: 0))
      }
    case .holding(let interval, let bytes):
      if let answer, let since = answer.dueSince(), reactor.now - max(since, lastHeard) >= answer.within {
        fellSilent = true
        return channel.close()
      }
      // Nothing is added to what the peer does not take.
      if channel.outbox.isEmpty { channel.push(bytes()) }
      timer = reactor.schedule(after: interval, .call(self, kind: 0))
    }
  }
}

extension Wire: ChannelOwner {
  package func channelBlocked(_ channel: Channel) {
    if isWriting { return }
    isWriting = true
    Task(executorPreference: reactor) { await self.write() }
  }

  /// Whoever reads finds the closed channel.
  package func channelBroke(_ channel: Channel) {
    channel.close()
  }
}
