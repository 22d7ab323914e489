/// The name of an event: 1 to 200 bytes of UTF-8 without control characters, not beginning with `roomcast:`.
///
/// Without control characters a name fits on the one line that a server-sent event has for it; what begins with
/// `roomcast:` is what the hub itself says there.
public struct EventName: Hashable, Sendable, CustomStringConvertible {
  /// The longest name, in bytes.
  public static let maximumLength = 200

  /// What no name may begin with.
  public static let reservedPrefix = "roomcast:"

  /// The name of an event that was given none.
  public static let message = EventName(unchecked: "message")

  /// What the hub itself says when a member comes or goes.
  package static let join = EventName(unchecked: "roomcast:join")
  package static let leave = EventName(unchecked: "roomcast:leave")

  public let text: String

  /// - Throws: `INVALID_EVENT`, naming the rule that the name breaks.
  public init(_ text: String) throws(HubError) {
    let bytes = text.utf8
    guard (1...Self.maximumLength).contains(bytes.count) else {
      throw HubError(
        .invalidEvent, "the event name has \(bytes.count) bytes; it must have 1 to \(Self.maximumLength)")
    }
    // C0, DEL and C1: Unicode's whole general category of control characters.
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else {
      throw HubError(.invalidEvent, "the event name holds a control character")
    }
    guard !bytes.starts(with: Self.reservedPrefix.utf8) else {
      throw HubError(.invalidEvent, "event names that begin with \"\(Self.reservedPrefix)\" are the hub's own")
    }
    self.init(unchecked: text)
  }

  private init(unchecked text: String) { self.text = text }

  public var description: String { text }
}
