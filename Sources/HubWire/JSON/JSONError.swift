/// Where and why bytes are not JSON (RFC 8259).
package struct JSONError: Error, Sendable, Equatable {
  /// The byte at which it went wrong; the length of the input where the input ended too early.
  package let offset: Int
  /// A phrase for people, without the input itself: it may hold secrets.
  package let reason: String

  package init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }

  /// What the peer is told.
  package var hubError: HubError { HubError(.invalidJSON, "not valid JSON at byte \(offset): \(reason)") }
}
