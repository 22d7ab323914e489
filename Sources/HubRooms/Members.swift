import HubWire

/// A user who is present in a room.
package struct Member: Sendable, Equatable {
  package let user: String
  /// What the user tells the others: a JSON object on one line.
  package let info: [UInt8]?
  /// How many of the user's connections are in the room; 0 while the leave is held back.
  package let connections: Int

  package init(user: String, info: [UInt8]?, connections: Int) {
    self.user = user
    self.info = info
    self.connections = connections
  }
}

/// Some of a room's members, in the order in which they came.
package struct MembersPage: Sendable, Equatable {
  package let members: [Member]
  /// How many there are in all.
  package let count: Int
  /// Where the next page begins; nil where there is none.
  package let next: UInt64?

  package init(members: [Member], count: Int, next: UInt64?) {
    self.members = members
    self.count = count
    self.next = next
  }

  /// The members as a JSON array.
  package var json: [UInt8] {
    var json = JSONWriter(capacity: 16 + 64 * members.count)
    json.beginArray()
    for member in members {
      json.raw(ServerMessage.encodeMember(user: member.user, info: member.info, connections: member.connections))
    }
    json.endArray()
    return json.bytes
  }
}
