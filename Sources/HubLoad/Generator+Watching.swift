/// Being watched and ended from outside, and running into what cannot be gone on from.
extension Generator {
  /// Ends the run for good: there is nothing to report.
  mutating func giveUp(_ reason: String) {
    if failure == nil { failure = LoadError(.failure, reason) }
    phase = .ended
  }

  /// Keeps what is worth telling once, beside the figures.
  mutating func remark(_ text: String) {
    if remarks.count < Self.mostRemarks, !remarks.contains(text) { remarks.append(text) }
  }

  private static var mostRemarks: Int { 20 }

  /// Tells how far the run is and does as it is told, a few times a second.
  mutating func look(_ now: UInt64, _ watch: (LoadProgress) -> LoadProgress.Wish) {
    guard now >= nextLook else { return }
    nextLook = now + 100_000_000
    if watch(progress(now)) == .end && !wasStopped { stop() }
  }

  /// There is something to report: the run came past its measuring.
  package var hasMeasured: Bool { after.time > 0 }

  private mutating func stop() {
    wasStopped = true
    switch phase {
    case .connecting, .settling, .warming: phase = .ended
    case .measuring, .holding: phaseEnd = 0
    case .draining, .ended: break
    }
  }

  private func progress(_ now: UInt64) -> LoadProgress {
    let span = LoadProgress.Span(options)
    var seconds = 0.0
    switch phase {
    case .connecting: break
    case .settling: seconds = 0
    case .warming: seconds = options.settle
    case .measuring: seconds = options.settle + options.warmup
    case .holding: seconds = 0
    case .draining, .ended: seconds = span.seconds
    }
    if phase != .connecting { seconds += Double(now - min(now, phaseStart)) / 1e9 }
    let connected = Double(subscribed) / Double(max(1, options.subscribers))
    return LoadProgress(
      phase: phase, subscribed: subscribed, deliveries: counters.delivered, publishes: counters.acknowledged,
      fraction: span.fraction(connected: phase == .connecting ? connected : 1, seconds: seconds))
  }
}
