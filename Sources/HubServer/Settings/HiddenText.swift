/// A text that is never printed, neither by itself nor as a part of something that is.
public struct HiddenText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What stands in its place.
  public static let placeholder = "(hidden)"

  /// The text itself.
  public let revealed: String

  public init(_ text: String) {
    revealed = text
  }

  public var description: String { Self.placeholder }
  public var debugDescription: String { Self.placeholder }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
