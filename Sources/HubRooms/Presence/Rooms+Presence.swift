package import HubWire

/// Who is in the rooms.
extension Rooms {
  /// Who is present, `limit` at most, after where `cursor` says.
  ///
  /// - Throws: `FORBIDDEN` where presence is not on in the room.
  package func members(_ name: RoomName, after cursor: UInt64?, limit: Int) throws(HubError) -> MembersPage {
    guard limits.rules(name).hasPresence else { throw Room.isOff(name) }
    // A room that is not here has nobody in it, and need not be made for that.
    return rooms[name]?.assumeIsolated { $0.members(after: cursor, limit: limit) }
      ?? MembersPage(members: [], count: 0, next: nil)
  }

  /// These are still there.
  func renew(_ batch: [Presence]) {
    for presence in batch { rooms[presence.room]?.assumeIsolated { $0.renew(presence) } }
  }

  /// One who stays subscribed is no longer present.
  func leave(_ presence: Presence) {
    rooms[presence.room]?.assumeIsolated { $0.leave(presence) }
  }

  package var presence: PresenceStatistics { desk.statistics }
}
