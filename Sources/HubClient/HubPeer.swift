import HubIO

/// Where a client connects to, whom it believes there, and what it shows.
struct HubPeer: Sendable {
  let url: HubURL
  let authorities: Authorities
  let credential: Credential?

  /// Connects to the hub.
  ///
  /// - Throws: why it could not, as a sentence.
  func dial(on reactor: Reactor, within limit: Duration) async throws(WireError) -> Wire {
    let tls = url.isEncrypted ? try await authorities.context() : nil
    return try await Wire.dial(
      host: url.host, port: url.port, address: "\(url)", on: reactor, within: limit, tls: tls)
  }

  /// What to show; nil where the hub lets anyone in.
  ///
  /// - Throws: why there is none, as a sentence.
  func secret(on reactor: Reactor, within limit: Duration) async throws(WireError) -> Secret? {
    do throws(CredentialError) {
      return try await credential?.get(on: reactor, within: limit)
    } catch {
      throw WireError(reason: "there is no credential: \(error)")
    }
  }
}
