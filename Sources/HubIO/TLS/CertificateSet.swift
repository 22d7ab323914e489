private import COpenSSL

/// All certificates of a hub at one time, and which of them a client gets.
@safe final class CertificateSet: Sendable {
  private let certificates: [ServerCertificate]
  /// By the names in them, wildcards with their star; where two have the same, the first stands.
  private let byName: [String: Int]

  var warnings: [String] { certificates.flatMap(\.warnings) }

  /// Tells the authorities by which clients are verified from all others.
  let authorities: [UInt8]

  /// - Parameters:
  ///   - certificates: at least one; the first is the default.
  ///   - authorities: digests of those by which clients are verified.
  init(_ certificates: [ServerCertificate], authorities: [UInt8]) {
    self.certificates = certificates
    self.authorities = authorities
    var byName: [String: Int] = [:]
    for (index, certificate) in certificates.enumerated() {
      for name in certificate.names where byName[name] == nil { byName[name] = index }
    }
    self.byName = byName
    if certificates.count > 1 { choose() }
  }

  /// The certificate for a name that a client asked for (RFC 6066 section 3): an exact one before one with a star, which
  /// stands for one label (RFC 6125 section 6.4.3). Nil: the default.
  func index(for name: String) -> Int? {
    let lower = name.lowercased()
    if let exact = byName[lower] { return exact }
    guard let dot = lower.firstIndex(of: "."), dot > lower.startIndex else { return nil }
    return byName["*" + lower[dot...]]
  }

  /// A new server side of a connection. The set must outlive it.
  func makeSession() -> OpaquePointer? {
    unsafe SSL_new(certificates[0].context)
  }

  /// Every connection begins with the first certificate, and changes to another when the client has named its server.
  private func choose() {
    unsafe tls_set_server_name_callback(
      certificates[0].context,
      { session, _, argument in
        guard let argument = unsafe argument,
          let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
        else { return SSL_TLSEXT_ERR_NOACK }
        return unsafe Unmanaged<CertificateSet>.fromOpaque(argument)._withUnsafeGuaranteedRef { set in
          guard let index = set.index(for: unsafe String(cString: name)) else { return SSL_TLSEXT_ERR_NOACK }
          unsafe SSL_set_SSL_CTX(session, set.certificates[index].context)
          return SSL_TLSEXT_ERR_OK
        }
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
