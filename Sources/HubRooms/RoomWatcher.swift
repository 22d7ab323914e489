package import HubWire

/// Is told what goes on in rooms whose rules say so. Called on a room's reactor, in the order in which it happens, and must not block.
///
/// Where several nodes have a room, each tells of its own connections alone: so nothing is told twice, and nothing is left
/// to a node that may not have the room.
package protocol RoomWatcher: AnyObject, Sendable {
  /// - Parameter time: milliseconds since 1970.
  func roomChanged(_ room: RoomName, _ change: RoomChange, at time: Int64)
}

/// What may change about a room besides its events.
package enum RoomChange: Sendable, Equatable {
  /// The first subscriber has come.
  case occupied
  /// The last subscriber has gone.
  case vacated
  /// A user is there whose first connection has come; `info` is a JSON object.
  case joined(user: String, info: [UInt8]?)
  /// The user's last connection has gone, and the leave was told; `info` is what the others were told last.
  case left(user: String, info: [UInt8]?)
}
