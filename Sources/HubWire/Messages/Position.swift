/// A place in a room's history: after the event at `offset` of the incarnation `epoch`.
///
/// Its text, `EPOCH-OFFSET`, is the one cursor for WebSocket resume, SSE `id` and history paging; clients treat it as
/// opaque. Offset 0 is the place before the first event.
public struct Position: Hashable, Sendable, CustomStringConvertible {
  /// Names one incarnation of a room's history: 1 to 32 bytes of `[A-Za-z0-9]`.
  public let epoch: String
  /// How many events of this epoch lie at or before this place.
  public let offset: UInt64

  /// A position of which both parts are known, not checked: clients have theirs from a hub.
  public init(epoch: String, offset: UInt64) {
    self.epoch = epoch
    self.offset = offset
  }

  /// Reads the text of a position.
  ///
  /// - Throws: `INVALID_POSITION` where the text is not `EPOCH-OFFSET`.
  public init(_ text: String) throws(HubError) {
    guard let dash = text.utf8.lastIndex(of: UInt8(ascii: "-")) else { throw Self.malformed }
    let epoch = text[..<dash]
    let digits = text[text.index(after: dash)...]
    guard (1...32).contains(epoch.utf8.count), epoch.utf8.allSatisfy(Self.isAlphanumeric),
      (1...20).contains(digits.utf8.count), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }),
      let offset = UInt64(digits)
    else { throw Self.malformed }
    self.init(epoch: String(epoch), offset: offset)
  }

  public var description: String { "\(epoch)-\(offset)" }

  static var malformed: HubError {
    HubError(.invalidPosition, "a position looks like \"k3J9-1042\"; give one that the hub told you, or \"earliest\"")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// What `after` may say: a position, or everything that is kept.
public enum ResumePoint: Hashable, Sendable {
  /// What came after it.
  case position(Position)
  /// Everything that is kept.
  case earliest

  /// Reads what stands as `after`: `earliest`, or a position.
  ///
  /// - Throws: `INVALID_POSITION`.
  public init(_ text: String) throws(HubError) {
    self = text == "earliest" ? .earliest : .position(try Position(text))
  }
}
