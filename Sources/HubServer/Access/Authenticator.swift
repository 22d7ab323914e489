package import HubWire

/// Tells from a credential what its bearer may do.
///
/// Made once from the settings, with every key read and prepared; then it changes no more, so that any thread may ask
/// it. A reload makes another one.
package struct Authenticator: Sendable {
  /// Whether nothing is configured that anybody could be told apart by.
  package let isOpen: Bool
  /// What those may do who present nothing: read what a namespace lets anyone read, or nothing at all.
  package let anonymous: Grant
  private let acceptsCertificates: Bool
  /// What holds for everybody.
  let namespaces: NamespaceBook
  private let keyRing: KeyRing
  private let verifier: TokenVerifier

  /// - Parameters:
  ///   - acceptsCertificates: whether client certificates are verified (`tls.clientAuthorities`).
  ///   - readFile: gives the bytes of files of keys.
  /// - Throws: all that is wrong with keys and their files.
  package init(
    _ settings: Settings, acceptsCertificates: Bool = false,
    readFile: (String) throws -> [UInt8] = SettingsFile.bytes(of:)
  ) throws(AuthenticatorError) {
    let reader = TokenKeyReader(settings.tokens, readFile: readFile)
    guard reader.problems.isEmpty else { throw AuthenticatorError(problems: reader.problems) }
    self.acceptsCertificates = acceptsCertificates
    namespaces = NamespaceBook(settings)
    keyRing = KeyRing(settings.keys, namespaces: namespaces)
    verifier = TokenVerifier(keys: reader.keys, settings: settings.tokens)
    isOpen = keyRing.isEmpty && verifier.isEmpty && !acceptsCertificates
    anonymous = .anonymous(namespaces: namespaces)
  }

  /// What the bearer of an API key or a token may do.
  ///
  /// - Parameter seconds: the time since 1970.
  /// - Throws: `UNAUTHORIZED` or `TOKEN_EXPIRED`; the detail says why and holds nothing of the credential.
  package func grant(credential: String, at seconds: Int64) throws(HubError) -> Grant {
    if isOpen { return .open }
    if credential.hasPrefix(APIKey.prefix) {
      guard let grant = keyRing.grant(key: credential) else {
        throw HubError(.unauthorized, "the API key is none of this hub's (keys)")
      }
      return grant
    }
    let (claims, key) = try verifier.verify(Array(credential.utf8), at: seconds)
    return Grant(
      source: .token(key.fingerprint), user: claims.subject, expires: verifier.end(of: claims), issued: claims.issued,
      rooms: claims.rooms, publish: claims.publish, read: claims.subscribe + claims.rooms.map(RoomPattern.init),
      presence: claims.presence, namespaces: namespaces)
  }

  /// What the holder of a verified client certificate may do; nil where certificates are not asked for.
  package func grant(certificate name: String) -> Grant? {
    guard acceptsCertificates else { return nil }
    return Grant(source: .certificate(name), publish: [.all], namespaces: namespaces)
  }

  /// What the same credential allows now; nil where it has been taken away.
  package func renewed(_ grant: Grant) -> Grant? {
    switch grant.source {
    case .open: isOpen ? grant : nil
    case .anonymous: isOpen ? .open : anonymous
    case .key(let digest): keyRing.grant(digest: digest)
    case .token(let key): verifier.holds(key: key) ? grant.with(namespaces: namespaces) : nil
    case .certificate(let name): self.grant(certificate: name)
    }
  }
}
