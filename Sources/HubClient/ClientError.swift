import HubIO
import HubWire

/// Why something was not done.
public enum ClientError: Error, Sendable, CustomStringConvertible {
  /// The hub could not be reached, or the connection was lost, as often as it was tried.
  case unreachable(String)
  /// The hub said no. What could not be asked at all, such as a room whose name breaks the rules, is refused as the hub
  /// would have.
  case refused(Refusal)
  /// What answered is no hub.
  case badAnswer(String)
  /// The lines to publish could not be read to their end.
  case input(String)
  /// The task was cancelled. What was to be published may or may not be.
  case cancelled
  /// The client was closed. What was to be published may or may not be.
  case closed

  /// The reason, as a sentence.
  public var description: String {
    switch self {
    case .unreachable(let reason), .badAnswer(let reason), .input(let reason): reason
    case .refused(let refusal): refusal.description
    case .cancelled: "the task was cancelled before the hub had answered"
    case .closed: "the client was closed"
    }
  }

  /// Runs what looks at what the program gave.
  static func ofBadInput<Value>(_ body: () throws(HubError) -> Value) throws(ClientError) -> Value {
    do throws(HubError) {
      return try body()
    } catch {
      throw .refused(Refusal(code: error.code.rawValue, detail: error.detail, isTemporary: false))
    }
  }

  /// Runs what reads an answer.
  static func ofBadAnswer<Value>(_ body: () throws(HubError) -> Value) throws(ClientError) -> Value {
    do throws(HubError) {
      return try body()
    } catch {
      throw .badAnswer("what answers is no hub: \(error.detail)")
    }
  }
}
