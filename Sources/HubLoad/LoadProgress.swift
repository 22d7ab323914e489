/// How far a run is.
package struct LoadProgress: Sendable {
  /// What whoever watches wants.
  package enum Wish: Sendable { case goOn, end }

  package let phase: LoadPhase
  package let subscribed: Int
  /// Since the run began.
  package let deliveries: Int
  package let publishes: Int
  /// Of the whole run, from 0 to 1.
  package let fraction: Double

  package init(phase: LoadPhase, subscribed: Int, deliveries: Int, publishes: Int, fraction: Double) {
    self.phase = phase
    self.subscribed = subscribed
    self.deliveries = deliveries
    self.publishes = publishes
    self.fraction = fraction
  }

  /// How a run spends its time, as far as that is known before.
  struct Span {
    /// After the connections stand.
    let seconds: Double
    private let connectingShare: Double

    init(_ options: LoadOptions) {
      let isConnect = options.mode == .connect
      seconds = isConnect ? options.hold : options.settle + options.warmup + options.seconds
      connectingShare = isConnect ? 0.5 : 0.1
    }

    func fraction(connected: Double, seconds spent: Double) -> Double {
      let rest = seconds > 0 ? min(1, spent / seconds) : 1
      return connectingShare * connected + (connected < 1 ? 0 : (1 - connectingShare) * rest)
    }
  }
}
