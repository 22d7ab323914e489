import HubWire

extension ResumePoint {
  /// As `after` says it.
  var text: String {
    switch self {
    case .position(let position): position.description
    case .earliest: "earliest"
    }
  }
}
