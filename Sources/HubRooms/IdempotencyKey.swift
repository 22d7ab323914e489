import HubWire

/// What makes a repeated publish recognisable: the client's key, who sent it, and a digest of what was sent.
package struct IdempotencyKey: Sendable, Hashable {
  /// The longest key, in bytes.
  package static let maximumLength = Envelope.maximumKey

  /// As the client chose it.
  package let text: String
  /// The user, or nothing for the API keys together.
  package let principal: String
  /// SHA-256 over the event's name and data: the same key must not stand for another event.
  package let digest: [UInt8]

  package init(text: String, principal: String, digest: [UInt8]) {
    self.text = text
    self.principal = principal
    self.digest = digest
  }
}
