/// Why a client's message was not taken, and which request the error answers.
package struct ClientMessageError: Error, Sendable, Equatable {
  /// The request's own name, where it could be read.
  package let id: RequestID?
  /// `INVALID_JSON` means that the message could not be parsed at all, which ends the connection.
  package let error: HubError

  package init(id: RequestID?, error: HubError) {
    self.id = id
    self.error = error
  }
}
