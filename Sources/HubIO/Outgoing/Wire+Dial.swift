extension Wire {
  /// Connects to a server.
  ///
  /// - Parameters:
  ///   - address: what to call it in an error.
  ///   - tls: encrypts, and checks that the server is who it must be; nil for a plain connection. The handshake itself
  ///     runs within the first reads and writes.
  /// - Throws: why it could not, as a sentence.
  package static func dial(
    host: String, port: UInt16, address: String, on reactor: Reactor, within limit: Duration,
    tls: TLSClientContext? = nil
  ) async throws(WireError) -> Wire {
    let channel: Channel
    do throws(SystemError) {
      channel = try await Dialer.dial(host: host, port: port, on: reactor, until: reactor.kernel.now() + limit)
    } catch {
      let isLate = error.isTimeOut
      throw WireError(reason: isLate ? "cannot connect to \(address): no answer for \(limit)" : "\(error)")
    }
    if let tls { channel.secure(with: tls.session(on: channel, to: host)) }
    return Wire(channel: channel, reactor: reactor)
  }
}

/// Why a connection is not there, as a sentence.
package struct WireError: Error {
  package let reason: String
  /// Something has answered, but not as it should.
  package let hasAnswer: Bool

  package init(reason: String, hasAnswer: Bool = false) {
    self.reason = reason
    self.hasAnswer = hasAnswer
  }
}
