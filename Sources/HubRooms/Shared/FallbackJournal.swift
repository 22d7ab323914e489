package import HubIO
package import HubWire

/// Where events wait on this node while the engine that nodes share is away: bounded, in order, and on disk when answered.
///
/// One user at a time: whoever sends on calls ``first(_:)`` and ``remove(through:)``, everybody ``append(_:to:)``.
package protocol FallbackJournal: AnyObject, Sendable {
  /// Keeps events of one room, in their order; one answer for each.
  ///
  /// Answers ``Appended/queued`` once they are on disk, also for an event whose key waits here already. Failures:
  /// `ENGINE_UNAVAILABLE` where the journal is full or its disk fails, `CONFLICT` for a key that waits here with another
  /// body.
  func append(_ batch: [NewAppend], to room: RoomName) async -> [Result<Appended, HubError>]

  /// The oldest events that wait, `limit` at most, each with its place in the journal.
  ///
  /// Each has a key: its own, or one that the journal has given it, by which sending it twice publishes it once.
  func first(_ limit: Int) async throws(HubError) -> [JournalEntry]

  /// What was sent on, up to and with this place, needs no longer be kept.
  func remove(through sequence: Int64) async throws(HubError)

  /// How many wait.
  var count: Int { get }

  /// Called about once a second: gives up what has taken too long.
  func tick(at time: Moment)
}

extension FallbackJournal {
  package func tick(at time: Moment) {}
}

/// An event that waits.
package struct JournalEntry: Sendable {
  package let sequence: Int64
  package let room: RoomName
  package let append: NewAppend

  package init(sequence: Int64, room: RoomName, append: NewAppend) {
    self.sequence = sequence
    self.room = room
    self.append = append
  }
}
