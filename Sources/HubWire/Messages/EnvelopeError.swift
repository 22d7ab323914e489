/// Why an envelope was not taken, and how many results say so.
package struct EnvelopeError: Error, Sendable, Equatable {
  /// The rooms it named, as far as they could be read: each gets this error as its result, so that results can be
  /// counted off against what was sent. Where it is empty, there is one result for the whole envelope.
  package let rooms: [String]
  package let error: HubError

  package init(rooms: [String], error: HubError) {
    self.rooms = rooms
    self.error = error
  }
}
