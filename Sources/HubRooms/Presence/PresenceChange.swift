/// What the others in a room are told about a user; the information is what they were told last.
package enum PresenceChange: Sendable, Equatable {
  case joined(user: String, info: [UInt8]?)
  case left(user: String, info: [UInt8]?)
}
