import HubWire

/// Checks tokens: who signed them, and whether they are in time and meant for this hub.
struct TokenVerifier: Sendable {
  private let keys: [TokenKey]
  private let byID: [String: TokenKey]
  /// What a token without `kid` is tried with.
  private let nameless: TokenKey?
  private let audience: Set<String>
  private let issuer: Set<String>
  /// How far clocks may be apart, in seconds.
  private let leeway: Int64

  /// - Parameter keys: no two of the same name.
  init(keys: [TokenKey], settings: TokenSettings) {
    self.keys = keys
    byID = Dictionary(keys.compactMap { key in key.id.map { ($0, key) } }) { first, _ in first }
    let withoutID = keys.filter { $0.id == nil }
    nameless = keys.count == 1 ? keys[0] : withoutID.count == 1 ? withoutID[0] : nil
    audience = Set(settings.audience)
    issuer = Set(settings.issuer)
    leeway = settings.leeway.components.seconds
  }

  var isEmpty: Bool { keys.isEmpty }

  /// Whether a key is still configured, by its fingerprint.
  func holds(key fingerprint: String) -> Bool { keys.contains { $0.key.fingerprint == fingerprint } }

  /// What a token says that is right in every way, and the key that signed it.
  ///
  /// - Throws: `UNAUTHORIZED` or `TOKEN_EXPIRED`; nothing of the token is repeated.
  func verify(_ text: [UInt8], at seconds: Int64) throws(HubError) -> (claims: TokenClaims, key: SignatureKey) {
    let token = try JSONWebToken(text)
    let key = try key(of: token)
    guard token.algorithm == key.algorithm.rawValue else {
      throw Self.refusal("`alg` is not the algorithm of its key, \(key.algorithm.rawValue)")
    }
    guard key.isValid(token.signature, of: token.signedBytes) else { throw Self.refusal("its signature is wrong") }
    let claims = try token.claims()
    try check(claims, at: seconds)
    return (claims, key)
  }

  /// From when on the token is refused.
  func end(of claims: TokenClaims) -> Int64 { claims.expires + leeway }

  /// The key is picked by its name alone; the token has no say in how it is used.
  private func key(of token: JSONWebToken) throws(HubError) -> SignatureKey {
    guard !keys.isEmpty else { throw Self.refusal("this hub has no keys for tokens (tokens.keys, tokens.jwks)") }
    if let id = token.keyID {
      guard let key = byID[id] else { throw Self.refusal("its `kid` names no key of this hub (tokens.keys)") }
      return key.key
    }
    guard let nameless else { throw Self.refusal("it has no `kid`, and this hub has several keys") }
    return nameless.key
  }

  private func check(_ claims: TokenClaims, at seconds: Int64) throws(HubError) {
    guard seconds < end(of: claims) else { throw HubError(.tokenExpired, "the token has expired (`exp`)") }
    if let start = claims.notBefore, start - leeway > seconds {
      throw Self.refusal("it is not valid yet (`nbf`)")
    }
    if !audience.isEmpty, audience.isDisjoint(with: claims.audience) {
      throw Self.refusal("it is not meant for this hub (`aud`, tokens.audience)")
    }
    if !issuer.isEmpty, !(claims.issuer.map(issuer.contains) ?? false) {
      throw Self.refusal("its issuer is not trusted here (`iss`, tokens.issuer)")
    }
  }

  private static func refusal(_ why: String) -> HubError { HubError(.unauthorized, "the token is refused: \(why)") }
}

/// A key and what tokens call it.
struct TokenKey: Sendable {
  let id: String?
  let key: SignatureKey
}
