public import HubWire

/// Events of a room are lost for this subscriber: load the room's state anew, as of ``position``.
public struct Gap: Sendable, Hashable {
  /// The room's name.
  public let room: String
  /// The last position before the loss, which may be of another epoch than ``position``; nil where none is known, because
  /// the room began with all that is kept.
  public let from: Position?
  /// The last position that is lost: the next event is the one after it.
  public let position: Position
}
