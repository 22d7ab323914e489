package import HubWire

/// Who is in the rooms.
extension Rooms {
  package func isOpen(_ name: RoomName) -> Bool { rooms[name] != nil }

  /// Who is present, `limit` at most, after where `cursor` says.
  ///
  /// - Throws: `FORBIDDEN` where presence is not on in the room.
  package func members(_ name: RoomName, after cursor: UInt64?, limit: Int) async throws(HubError) -> MembersPage {
    guard limits.rules(name).hasPresence else { throw Room.isOff(name) }
    if engine.isShared {
      let room = try await use(name)
      defer { release(room) }
      return await room.members(after: cursor, limit: limit)
    }
    return membersHere(name, after: cursor, limit: limit)
  }

  /// The same as this node knows it: a room that is not here has nobody in it, and need not be made for that.
  package func membersHere(_ name: RoomName, after cursor: UInt64?, limit: Int) -> MembersPage {
    rooms[name]?.assumeIsolated { $0.members(after: cursor, limit: limit) }
      ?? MembersPage(members: [], count: 0, next: nil)
  }

  /// These are still there.
  func renew(_ batch: [Presence]) {
    for presence in batch { rooms[presence.room]?.assumeIsolated { $0.renew(presence) } }
  }

  /// One who stays subscribed is no longer present.
  func leave(_ presence: Presence) {
    rooms[presence.room]?.assumeIsolated { room in
      room.leave(presence)
      room.tellOthers()
    }
  }

  package var presence: PresenceStatistics { desk.statistics }
}
