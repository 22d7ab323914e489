package import HubWire

/// Names one connection's stay in one room: who subscribes again comes under another name, so that an old goodbye which
/// arrives late ends nothing new.
package struct PresenceKey: Hashable, Sendable {
  package let connection: ConnectionID
  package let serial: UInt64

  package init(connection: ConnectionID, serial: UInt64) {
    self.connection = connection
    self.serial = serial
  }
}
