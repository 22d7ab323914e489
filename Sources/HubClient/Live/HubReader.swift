import HubIO

/// Asks a hub for what it tells of itself, on one connection that is kept.
package struct HubReader: Sendable {
  private let asker: EventPublisher

  /// - Parameter timeout: how long a connection may take to stand, and the hub to answer.
  package init(url: HubURL, credential: Credential?, authorities: Authorities, timeout: Duration) {
    var options = EventPublisher.Options()
    options.tries = 1
    options.timeout = timeout
    asker = EventPublisher(
      peer: HubPeer(url: url, authorities: authorities, credential: credential), options: options)
  }

  /// The body of an answer that says yes; it is asked for once.
  ///
  /// - Parameter target: path and query, percent-encoded.
  /// - Throws: where the hub cannot be reached, or says no.
  package func get(_ target: String) async throws(ClientError) -> [UInt8] {
    try await asker.ask(HubQuestion(get: target)).body
  }
}
