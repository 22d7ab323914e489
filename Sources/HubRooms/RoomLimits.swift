package import HubWire

/// What the rooms of one reactor may take.
package struct RoomLimits: Sendable {
  /// For each room, by its name.
  package var rules: @Sendable (RoomName) -> RoomRules
  /// Bytes of history in all rooms of the reactor.
  package var historyPerReactor: Int
  package var roomsPerReactor: Int
  package var presence: PresenceLimits
  /// How long a room that other nodes have too stays after nobody uses it.
  package var linger: Duration

  package init(
    rules: @escaping @Sendable (RoomName) -> RoomRules, historyPerReactor: Int, roomsPerReactor: Int,
    presence: PresenceLimits = PresenceLimits(), linger: Duration = .seconds(10)
  ) {
    self.presence = presence
    self.linger = linger
    self.rules = rules
    self.historyPerReactor = historyPerReactor
    self.roomsPerReactor = roomsPerReactor
  }
}

/// What the rooms of one reactor count.
package struct RoomsStatistics: Sendable {
  /// Events taken, duplicates not counted.
  package var events: UInt64 = 0
  /// Times that a room lost history because the node had too much.
  package var historyEvictions: UInt64 = 0
}
