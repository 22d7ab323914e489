/// The steps of a run, in this order but that `connect` holds instead of warming, measuring and draining.
package enum LoadPhase: Sendable {
  case connecting, settling, warming, measuring, draining, holding, ended

  /// What is going on, for people.
  package var word: String {
    switch self {
    case .connecting: "connecting"
    case .settling: "settling"
    case .warming: "warming up"
    case .measuring: "measuring"
    case .draining: "draining"
    case .holding: "holding"
    case .ended: "done"
    }
  }
}
