/// Which rooms somebody may use: one room by its name, or with one trailing `*` all whose names begin so.
///
/// `*` alone means every room. Nothing else is special, so a pattern says at a glance what it covers.
public struct RoomPattern: Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was given.
  public let text: String

  /// - Throws: `INVALID_REQUEST`, saying what is wrong with the pattern.
  public init(_ text: String) throws(HubError) {
    let name = text.utf8.last == UInt8(ascii: "*") ? text.utf8.dropLast() : text.utf8[...]
    guard name.count <= RoomName.maximumLength, !text.isEmpty else {
      throw HubError(
        .invalidRequest, "the room pattern has \(text.utf8.count) bytes; it must have 1 to \(RoomName.maximumLength)")
    }
    guard name.allSatisfy(RoomName.allows) else {
      throw HubError(
        .invalidRequest, "a room pattern may hold only A-Z a-z 0-9 _ - = @ , . ; : and one * at its end")
    }
    self.text = text
  }

  /// Every room.
  public static let all = RoomPattern(valid: "*")

  /// One room and no other.
  public init(_ room: RoomName) {
    self.init(valid: room.text)
  }

  private init(valid text: String) {
    self.text = text
  }

  public var description: String { text }

  /// Whether the pattern ends in `*`.
  package var isPrefix: Bool { text.utf8.last == UInt8(ascii: "*") }

  /// Whether the pattern covers the room.
  public func matches(_ room: RoomName) -> Bool { matches(room.text.utf8) }

  /// The same for a part of a name, such as ``RoomName/namespace``.
  package func matches(_ part: Substring) -> Bool { matches(part.utf8) }

  /// Whether there is a name that both cover.
  package func overlaps(_ other: RoomPattern) -> Bool {
    matches(other.stem) || other.matches(stem)
  }

  /// What stands before the `*`.
  private var stem: Substring.UTF8View { isPrefix ? text.utf8.dropLast() : text.utf8[...] }

  private func matches(_ name: some Collection<UInt8>) -> Bool {
    let stem = stem
    return (isPrefix ? name.count >= stem.count : name.count == stem.count) && name.starts(with: stem)
  }
}
