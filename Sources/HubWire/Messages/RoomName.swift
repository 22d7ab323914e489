/// The name of a room: 1 to 200 bytes of `[A-Za-z0-9_\-=@,.;:]`, but not `.` or `..`.
///
/// The characters need no escaping in a URL path segment, in JSON or in a header, so a name travels as it is.
public struct RoomName: Hashable, Sendable, CustomStringConvertible {
  /// The longest name, in bytes.
  public static let maximumLength = 200

  public let text: String

  /// - Throws: `INVALID_ROOM`, naming what is wrong with the name.
  public init(_ text: String) throws(HubError) {
    let bytes = text.utf8
    guard (1...Self.maximumLength).contains(bytes.count) else {
      throw HubError(
        .invalidRoom, "the room name has \(bytes.count) bytes; it must have 1 to \(Self.maximumLength)")
    }
    guard bytes.allSatisfy(Self.allows) else {
      throw HubError(.invalidRoom, "the room name may hold only A-Z a-z 0-9 _ - = @ , . ; :")
    }
    guard text != ".", text != ".." else {
      throw HubError(.invalidRoom, "a room cannot be named \"\(text)\"")
    }
    self.text = text
  }

  /// What stands before the first colon; it picks the room's settings. The whole name where there is no colon.
  public var namespace: Substring { text.prefix { $0 != ":" } }

  public var description: String { text }

  static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: ","),
      UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
