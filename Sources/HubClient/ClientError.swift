/// Why something was not published.
public enum ClientError: Error, Sendable, CustomStringConvertible {
  /// The hub could not be reached, or the connection was lost, as often as it was tried.
  case unreachable(String)
  /// The hub said no.
  case refused(Refusal)
  /// What answered is no hub.
  case badAnswer(String)
  /// The lines to publish could not be read to their end.
  case input(String)

  public var description: String {
    switch self {
    case .unreachable(let reason), .badAnswer(let reason), .input(let reason): reason
    case .refused(let refusal): refusal.description
    }
  }
}
