/// An event on its way into a room.
package struct Submission: Sendable {
  package let event: NewEvent
  package let key: IdempotencyKey?

  package init(event: NewEvent, key: IdempotencyKey?) {
    self.event = event
    self.key = key
  }

  /// The same as it is in a room that keeps nothing.
  var ephemeral: Submission {
    var event = event
    event.isEphemeral = true
    return Submission(event: event, key: key)
  }
}
