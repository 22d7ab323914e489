import HubClient
import HubIO

/// Where `top` shows what it knows. Used on the reactor's thread only.
protocol TopView: AnyObject, Sendable {
  /// - Parameter end: what is called when somebody wants it to end.
  func begin(on reactor: Reactor, end: @escaping @Sendable () -> Void)

  /// After each reading, and each try that failed.
  /// - Returns: false where nobody reads any more.
  func show(_ state: TopState) -> Bool

  /// A few times a second, for what changes by itself.
  func tick(_ state: TopState)

  /// Whether the first reading, which has no rates yet, is worth showing.
  var wantsFirst: Bool { get }

  func end()
}
