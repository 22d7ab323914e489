import CLinux
import Glibc

/// The course of a run: connect, settle, warm up, measure, drain. `fill` and `replay` are measured from their first request on.
extension Generator {
  /// - Parameter watch: called a few times a second.
  /// - Throws: where it cannot go on; what was measured until then is lost.
  package mutating func run(watch: (LoadProgress) -> LoadProgress.Wish = { _ in .goOn }) throws(LoadError) {
    try DescriptorLimit.raise(to: options.descriptors)
    residentAtStart = usage.resident()
    atStart = sample()
    if options.mode == .churn { enter(.warming, for: options.warmup) }
    while phase != .ended {
      let now = monotonicNow()
      look(now, watch)
      advance(now)
      var deadline = min(phaseEnd, now + 50_000_000)
      if phase == .warming || phase == .measuring {
        if options.mode == .churn { refillSlots() }
        deadline = min(deadline, publishDue(now))
      }
      if phase != .ended { serveEvents(until: deadline) }
    }
    if let failure { throw failure }
    concludeChecks()
  }

  private mutating func enter(_ phase: LoadPhase, for seconds: Double) {
    self.phase = phase
    phaseStart = monotonicNow()
    phaseEnd = phaseStart + seconds.nanoseconds
  }

  private mutating func advance(_ now: UInt64) {
    switch phase {
    case .connecting: connectMore(now)
    case .settling where now >= phaseEnd:
      scheduleStart = now
      lastDelivery = now
      if options.mode == .fill || options.mode == .replay { return measure() }
      enter(.warming, for: options.warmup)
    case .warming where now >= phaseEnd || hasLostPublishers:
      if options.mode == .churn { handshakeTimes.removeAll() }
      measure()
    case .measuring where now >= phaseEnd || isSatisfied || hasLostPublishers:
      endMeasuring(then: .draining, for: options.mode == .replay ? options.settle : 3)
      measured = measured.lowerBound..<min(measured.upperBound, after.time)
    case .holding where now >= phaseEnd: endMeasuring(then: .ended, for: 0)
    case .draining where now >= phaseEnd || isDrained: phase = .ended
    default: break
    }
  }

  private mutating func measure() {
    before = sample()
    if options.mode == .replay { resumeAll() }
    enter(.measuring, for: options.seconds)
    measured = before.time..<max(before.time, phaseEnd)
  }

  private var isSatisfied: Bool {
    switch options.mode {
    case .fill: counters.acknowledged >= options.messages * options.rooms
    case .replay: counters.delivered >= counters.expected || monotonicNow() - lastDelivery > 5_000_000_000
    default: options.messages > 0 && counters.published - before.counters.published >= options.messages
    }
  }

  /// Nothing can be published any more, or nothing is taken.
  private var hasLostPublishers: Bool {
    options.publishConnections > 0 && publishersReady == 0 || findings.refusedPublishes > options.mostRefusedPublishes
  }

  /// A replay is watched a little longer: what comes twice may come late.
  private var isDrained: Bool {
    options.mode == .churn
      || options.mode != .replay && counters.delivered - findings.doubles >= counters.expected
        && counters.acknowledged >= counters.published
  }

  private mutating func endMeasuring(then phase: LoadPhase, for seconds: Double) {
    after = sample()
    residentAtEnd = usage.resident()
    enter(phase, for: seconds)
  }

  private var isRefusedTooOften: Bool {
    findings.connectErrors + findings.handshakeErrors + findings.disconnects > options.mostRefusedConnections
  }

  private mutating func connectMore(_ now: UInt64) {
    while opened < options.subscribers && handshakesUnderWay < options.handshakesAtOnce && !isRefusedTooOften {
      open(connections.baseAddress! + opened)
      if failure != nil { return }
    }
    if isRefusedTooOften {
      let standing =
        subscribedAt == 0
        ? "\(subscribed) of \(options.subscribers) are subscribed"
        : "\(publishersReady) of \(options.publishConnections) publishers are connected"
      return giveUp("connections are refused, or lost again at once; \(standing)")
    }
    if subscribedAt == 0 {
      if opened == options.subscribers && handshakesUnderWay == 0 {
        subscribedAt = now
        afterConnecting = sample()
        for index in 0..<options.publishConnections where failure == nil {
          open(connections.baseAddress! + options.subscribers + index)
        }
      } else if now - startedAt > 300_000_000_000 {
        giveUp("\(subscribed) of \(options.subscribers) are subscribed after 300 s")
      }
    }
    guard subscribedAt > 0, failure == nil else { return }
    if publishersReady == options.publishConnections {
      if options.mode == .connect {
        before = sample()
        enter(.holding, for: options.hold)
      } else {
        enter(.settling, for: options.settle)
      }
    } else if now - subscribedAt > 10_000_000_000 {
      giveUp("\(publishersReady) of \(options.publishConnections) publishers are connected after 10 s")
    }
  }

  /// Churn: opens the slots that are free.
  private mutating func refillSlots() {
    for _ in 0..<options.subscribers where handshakesUnderWay < options.handshakesAtOnce {
      let slot = connections.baseAddress! + nextSlot
      nextSlot = (nextSlot + 1) % options.subscribers
      if slot.pointee.state == .closed { open(slot) }
    }
    if findings.connectErrors + findings.handshakeErrors > 100_000 { giveUp("too many refused connections") }
  }

  /// What shows only at the end: missing messages, and subscribers of a room that saw different things.
  private mutating func concludeChecks() {
    findings.missing = max(0, counters.expected - (counters.delivered - findings.doubles))
    if options.mode == .fill { findings.missing += options.messages * options.rooms - counters.acknowledged }
    guard [.fanout, .latency, .replay].contains(options.mode) else { return }
    var firsts = [Int?](repeating: nil, count: options.rooms)
    for index in 0..<options.subscribers where connections[index].state == .live {
      let room = connections[index].room
      guard let first = firsts[room] else {
        firsts[room] = index
        continue
      }
      if connections[first].check.digest != connections[index].check.digest { findings.disagreements += 1 }
    }
  }
}
