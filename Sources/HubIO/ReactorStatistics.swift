/// What a reactor counts about itself.
package struct ReactorStatistics: Sendable {
  /// How long turns that did something took, without the sleep before them.
  package var turns = Histogram()
  /// Jobs run.
  package var jobs: UInt64 = 0
  /// Turns that ended with jobs still waiting, because the bound on rounds was reached.
  package var boundedTurns: UInt64 = 0
  /// Bytes handed to sockets.
  package var bytesSent: UInt64 = 0
  /// Sends that the kernel took.
  package var sends: UInt64 = 0
  /// Connections that had to be shed because descriptors ran out.
  package var shedConnections: UInt64 = 0

  /// TLS handshakes that were finished.
  package var handshakesDone: UInt64 = 0
  /// TLS handshakes that failed or were given up.
  package var handshakesFailed: UInt64 = 0
  /// Connections closed at once because too many TLS handshakes were under way.
  package var handshakesRefused: UInt64 = 0

  package init() {}
}
