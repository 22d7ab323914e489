/// The ways in which a token may be signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
///
/// There are no others: `none` above all is not one, and each key is for exactly one of them.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
  /// HMAC with SHA-256: who can check a token can make one.
  case hs256 = "HS256"
  /// RSA with PKCS #1 v1.5 padding and SHA-256.
  case rs256 = "RS256"
  /// ECDSA on the curve P-256 with SHA-256.
  case es256 = "ES256"
  /// EdDSA on the curve Ed25519.
  case edDSA = "EdDSA"
}
