import HubWire

/// The field by which a hub says when to come back (RFC 9110 section 10.2.3).
enum RetryAfter {
  /// Nil where it is absent, or a date: hubs send seconds.
  static func read(_ fields: HTTPFields) -> Duration? {
    guard let seconds = fields["Retry-After"].flatMap({ UInt32($0) }) else { return nil }
    return .seconds(seconds)
  }
}
