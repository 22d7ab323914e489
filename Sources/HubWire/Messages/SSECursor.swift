/// Where a client stands in several rooms at once: the `id` of an event stream that covers them all.
///
/// Its text is opaque to clients and safe in a header and a URL: a hash of the rooms' names, then a position for each
/// room in the order of the URL, joined by `~`. The hash tells a cursor of other rooms, or of the same rooms in another
/// order, from one that fits; it guards against mix-ups, not against malice, since a forged cursor gives nothing that
/// subscribing does not.
package struct SSECursor: Sendable, Equatable {
  /// One for each room, in the order of the rooms in the URL.
  package var positions: [Position]
  private let hash: String

  /// - Precondition: there are as many positions as rooms.
  package init(rooms: [RoomName], positions: [Position]) {
    precondition(rooms.count == positions.count)
    self.positions = positions
    hash = Self.hash(rooms)
  }

  /// - Throws: `INVALID_POSITION` where the text is malformed, or of other rooms.
  package init(parsing text: String, rooms: [RoomName]) throws(HubError) {
    let parts = text.split(separator: "~", maxSplits: rooms.count, omittingEmptySubsequences: false)
    guard parts.count == rooms.count + 1, parts[0] == Self.hash(rooms) else {
      throw HubError(
        .invalidPosition,
        "this is no cursor of these \(rooms.count) rooms in this order; give one that the hub told you")
    }
    var positions: [Position] = []
    positions.reserveCapacity(rooms.count)
    for part in parts.dropFirst() { positions.append(try Position(String(part))) }
    self.init(rooms: rooms, positions: positions)
  }

  package var text: String { positions.reduce(into: hash) { $0 += "~\($1)" } }

  /// FNV-1a of the names, each followed by a byte that no name has, as 8 hexadecimal digits.
  private static func hash(_ rooms: [RoomName]) -> String {
    var hash: UInt32 = 0x811C_9DC5
    for room in rooms {
      for byte in room.text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
      hash = (hash ^ 0x7E) &* 0x0100_0193
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }
}
