/// One connection's stay in a room, as all nodes know it.
package struct SharedMember: Sendable, Equatable {
  /// The node that has the connection: where it dies, its members are gone.
  package let node: String
  package let key: PresenceKey
  package let user: String
  /// A JSON object.
  package let info: [UInt8]?

  package init(node: String, key: PresenceKey, user: String, info: [UInt8]?) {
    self.node = node
    self.key = key
    self.user = user
    self.info = info
  }
}

/// That a connection came or went.
package enum SharedPresenceChange: Sendable, Equatable {
  case entered(SharedMember)
  case left(PresenceKey)
}

/// Who is in a room at one point: changes with a version above this one come after it.
package struct SharedMembers: Sendable, Equatable {
  package let version: UInt64
  package let members: [SharedMember]

  package init(version: UInt64, members: [SharedMember]) {
    self.version = version
    self.members = members
  }
}
