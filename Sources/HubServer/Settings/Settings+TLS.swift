/// Encryption of connections.
public struct TLSSettings: Sendable, Equatable {
  /// Certificates and their keys: the first is the default, another is chosen by the name that the client asks for.
  /// Default: none, which means plain connections.
  public var certificates: [CertificateFiles] = []
  /// The oldest version spoken, 1.2 or 1.3. Default: 1.2.
  public var minimum = TLSVersion.tls12
  /// File of the authorities whose client certificates are believed; a client may come without one. Default: none.
  public var clientAuthorities: String?
  /// Handshakes under way at once, 1 to 1,000,000; a connection past them is closed. Default: 1,000.
  public var handshakes = 1_000

  public init() {}

  /// Whether connections are encrypted.
  public var isOn: Bool { !certificates.isEmpty }
}

/// A certificate with its chain, and its key, as files in PEM form.
public struct CertificateFiles: Sendable, Hashable {
  public var certificate: String
  public var key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// `CERT.pem:KEY.pem`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(certificate: String(parts[0]), key: String(parts[1]))
  }

  /// As it is written in a setting.
  public var text: String { "\(certificate):\(key)" }
}

/// A version of TLS.
public enum TLSVersion: String, Sendable, CaseIterable {
  /// RFC 5246.
  case tls12 = "1.2"
  /// RFC 8446.
  case tls13 = "1.3"
}
