/// What an API key may do in the rooms that it is for.
public struct Scopes: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Posting events.
  public static let publish = Scopes(rawValue: 1 << 0)
  /// Reading history, streams and the state of rooms.
  public static let read = Scopes(rawValue: 1 << 1)
  /// Managing rooms, connections and users.
  public static let admin = Scopes(rawValue: 1 << 2)

  /// All of them with their names, in the order in which they are shown.
  package static let all: [(name: String, scope: Scopes)] = [("publish", .publish), ("read", .read), ("admin", .admin)]

  /// The names of what is allowed.
  package var names: [String] { Self.all.filter { contains($0.scope) }.map(\.name) }
}
