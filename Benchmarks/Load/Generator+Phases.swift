import CLinux
import Glibc

/// The course of a run: connect, settle, warm up, measure, drain. `fill` and `replay` are measured from their first request on.
extension Generator {
  mutating func run() {
    raiseDescriptorLimit()
    residentAtStart = usage.resident()
    atStart = sample()
    if options.mode == .churn { enter(.warming, for: options.warmup) }
    while phase != .ended {
      let now = monotonicNow()
      advance(now)
      var deadline = min(phaseEnd, now + 50_000_000)
      if phase == .warming || phase == .measuring {
        if options.mode == .churn { refillSlots() }
        deadline = min(deadline, publishDue(now))
      }
      if phase != .ended { serveEvents(until: deadline) }
    }
    concludeChecks()
  }

  private mutating func enter(_ phase: Phase, for seconds: Double) {
    self.phase = phase
    phaseEnd = monotonicNow() + seconds.nanoseconds
  }

  private mutating func advance(_ now: UInt64) {
    switch phase {
    case .connecting: connectMore(now)
    case .settling where now >= phaseEnd:
      scheduleStart = now
      lastDelivery = now
      if options.mode == .fill || options.mode == .replay { return measure() }
      enter(.warming, for: options.warmup)
    case .warming where now >= phaseEnd:
      if options.mode == .churn { handshakeTimes.removeAll() }
      measure()
    case .measuring where now >= phaseEnd || isSatisfied:
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

  /// A replay is watched a little longer: what comes twice may come late.
  private var isDrained: Bool {
    options.mode == .churn
      || options.mode != .replay && counters.delivered >= counters.expected
        && counters.acknowledged >= counters.published
  }

  private mutating func endMeasuring(then phase: Phase, for seconds: Double) {
    after = sample()
    residentAtEnd = usage.resident()
    enter(phase, for: seconds)
  }

  private mutating func connectMore(_ now: UInt64) {
    while opened < options.subscribers && handshakesUnderWay < options.handshakesAtOnce {
      open(connections.baseAddress! + opened)
      if findings.connectErrors + findings.handshakeErrors > 200 {
        fail("too many refused connections; \(subscribed) are subscribed")
      }
    }
    if subscribedAt == 0 {
      if opened == options.subscribers && handshakesUnderWay == 0 {
        subscribedAt = now
        afterConnecting = sample()
        for index in 0..<options.publishConnections { open(connections.baseAddress! + options.subscribers + index) }
      } else if now - startedAt > 300_000_000_000 {
        fail("\(subscribed) of \(options.subscribers) are subscribed after 300 s")
      }
    }
    guard subscribedAt > 0 else { return }
    if publishersReady == options.publishConnections {
      if options.mode == .connect {
        before = sample()
        enter(.holding, for: options.hold)
      } else {
        enter(.settling, for: options.settle)
      }
    } else if now - subscribedAt > 10_000_000_000 {
      fail("\(publishersReady) of \(options.publishConnections) publishers are connected after 10 s")
    }
  }

  /// Churn: opens the slots that are free.
  private mutating func refillSlots() {
    for _ in 0..<options.subscribers where handshakesUnderWay < options.handshakesAtOnce {
      let slot = connections.baseAddress! + nextSlot
      nextSlot = (nextSlot + 1) % options.subscribers
      if slot.pointee.state == .closed { open(slot) }
    }
    if findings.connectErrors + findings.handshakeErrors > 100_000 { fail("too many refused connections") }
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

  private func raiseDescriptorLimit() {
    let needed = rlim_t(options.subscribers + options.publishConnections + 64)
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    getrlimit(resource, &limit)
    if limit.rlim_cur >= needed { return }
    limit.rlim_cur = needed
    limit.rlim_max = max(limit.rlim_max, needed)
    if setrlimit(resource, &limit) != 0 { fail("cannot raise the limit of open files to \(needed): \(lastError())") }
  }
}
