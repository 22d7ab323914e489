/// What a ``TLSContext`` is made from.
package struct TLSConfiguration: Sendable {
  /// A certificate with its chain, and its key: two files in PEM form.
  package struct Pair: Sendable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  package enum Version: Sendable {
    /// RFC 5246.
    case tls12
    /// RFC 8446.
    case tls13
  }

  /// The first serves whoever names no server, or one that no certificate is for.
  package var pairs: [Pair]
  package var minimum: Version
  /// File of the authorities whose client certificates are believed. Nil: none are asked for.
  package var clientAuthorities: String?
  /// The most handshakes under way at once.
  package var handshakes: Int

  package init(pairs: [Pair], minimum: Version = .tls12, clientAuthorities: String? = nil, handshakes: Int = 1000) {
    self.pairs = pairs
    self.minimum = minimum
    self.clientAuthorities = clientAuthorities
    self.handshakes = handshakes
  }
}
