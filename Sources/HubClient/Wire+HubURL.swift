import HubIO

extension Wire {
  /// Connects to a hub.
  ///
  /// - Throws: why it could not, as a sentence.
  static func dial(_ url: HubURL, on reactor: Reactor, within limit: Duration) async throws(WireError) -> Wire {
    try await dial(host: url.host, port: url.port, address: "\(url)", on: reactor, within: limit)
  }
}
