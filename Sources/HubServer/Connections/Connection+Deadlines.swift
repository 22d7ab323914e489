import HubIO
import HubWire

/// What a connection waits for, and until when.
struct Deadline {
  enum Kind: UInt8 {
    /// The rest of a request's head.
    case head
    /// The rest of its body.
    case body
    /// The next request on a connection that is kept alive.
    case idle
    /// A sign of life from a stream's client.
    case heartbeat
    /// The peer's own end, after the last bytes from here.
    case linger
    /// Nothing: a request is being answered, and that has limits of its own.
    case none
  }

  var kind: Kind
  var moment: Moment
}

extension Connection {
  /// What is allowed to a peer to read the last bytes and end its side.
  static let lingerTime = Duration.seconds(5)

  /// Sets what is waited for. The timer is only moved to an earlier time: on the usual path, where requests come one
  /// after another, it is never touched, and looks again when it fires.
  func setDeadline(_ kind: Deadline.Kind, after time: Duration) {
    setDeadline(kind, at: reactor.now + time)
  }

  func setDeadline(_ kind: Deadline.Kind, at moment: Moment) {
    deadline = Deadline(kind: kind, moment: moment)
    guard kind != .none else { return }
    if let timer {
      if timer.moment <= moment { return }
      reactor.cancel(timer.id)
    }
    arm(at: moment)
  }

  /// The next look at a stream: for a sign of life, or because its credential ends before that.
  func setHeartbeat(at moment: Moment) {
    setDeadline(.heartbeat, at: min(moment, stream?.authority.next ?? moment))
  }

  private func arm(at moment: Moment) {
    timer = (reactor.schedule(after: moment - reactor.now, .call(self, kind: 0)), moment)
  }

  fileprivate func deadlineFired() {
    timer = nil
    if channel.isClosed || deadline.kind == .none { return }
    if reactor.now < deadline.moment { return arm(at: deadline.moment) }
    switch deadline.kind {
    case .head: timeOut("the request's head", setting: "headers.time")
    case .body: timeOut("the request's body", setting: "body.time")
    case .heartbeat: checkHeartbeat()
    case .idle, .linger: channel.close()
    case .none: break
    }
  }

  private func timeOut(_ what: String, setting: String) {
    // A connection that has sent nothing has asked for nothing: it is closed without a word.
    if case .http(let reader) = stage {
      if reader.isIdle { return channel.close() }
      if reader.isStreaming {
        reader.hasTimedOut = true
        return channel.interruptRead()
      }
    }
    failHTTP(HubError(.timeout, "\(what) did not arrive within the limit (`\(setting)`)"), status: 408)
  }

  private func checkHeartbeat() {
    guard let stream, checkAuthority() else { return }
    let settings = node.settings
    // Before its head an event stream can neither be sent a sign of life nor be expected to show one.
    guard stream.isWebSocket || stream.hasHead else { return setHeartbeat(at: reactor.now + settings.ping) }
    switch self.stream?.keepalive.check(
      at: reactor.now, acknowledged: channel.acknowledged, ping: settings.ping, pong: settings.pong)
    {
    case .wait(let moment): setHeartbeat(at: moment)
    case .ping(let moment):
      sendHeartbeat()
      setHeartbeat(at: moment)
    case .dead:
      worker.statistics.heartbeatTimeouts += 1
      endStream(HubError(.timeout, "no sign of life since the last ping"))
    case nil: break
    }
  }

  private func sendHeartbeat() {
    // A full outbox is sign enough that bytes are under way: a ping would only wait behind them.
    guard let stream, channel.outbox.isEmpty else { return }
    channel.push(stream.isWebSocket ? WebSocketFrame.encode(.ping, []) : ServerSentEvents.comment())
  }
}

extension Connection: TimerTarget {
  nonisolated func timerFired(_ kind: UInt8) {
    assumeIsolated { $0.deadlineFired() }
  }
}
