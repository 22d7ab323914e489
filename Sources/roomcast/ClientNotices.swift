import HubClient

/// How what is no event is told on standard error.
protocol ClientNotices: Sendable {
  /// Whether lines have colours; what others say in them is printable then.
  var isColoured: Bool { get }

  /// Nil for what is not told.
  func line(of event: ClientEvent) -> String?
}
