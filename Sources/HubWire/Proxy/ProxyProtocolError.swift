/// Why the bytes before a connection's own are no PROXY protocol header.
package struct ProxyProtocolError: Error, Equatable {
  /// One line for the log, without anything from the peer.
  package let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}
