package import HubWire

/// What an engine that several nodes share tells a room of this node, in the order in which it happened there.
package enum RoomArrival: Sendable {
  /// An event was published, by whichever node.
  case event(Position, NewEvent, time: Int64)
  /// The same, and it is kept nowhere.
  case ephemeral(NewEvent, time: Int64)
  /// The room was deleted, and begins anew here.
  case deleted(RoomPlace)
  /// Somebody came or went, at whichever node. Versions are counted by the engine, 1, 2, 3 … for each room.
  case presence(SharedPresenceChange, version: UInt64)
  /// Something may have been missed: the room compares itself with the engine.
  case doubt
}
