/// A public key, or a shared secret, as it is written in JSON (RFC 7517 section 4).
package struct JSONWebKey: Sendable {
  /// What the key is made of, by kind (RFC 7518 section 6, RFC 8037 section 2).
  package enum Material: Sendable, Equatable {
    /// Both big-endian.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// The coordinates of a point of P-256, 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])
    /// 32 bytes.
    case ed25519([UInt8])
    case secret([UInt8])
  }

  package let material: Material
  /// What tokens call the key.
  package let keyID: String?
  /// Whether the file that it stands in must be kept from others: it is a secret, or holds the private half too.
  package let isSecret: Bool

  /// The one algorithm that the key is for.
  package var algorithm: SignatureAlgorithm {
    switch material {
    case .rsa: .rs256
    case .p256: .es256
    case .ed25519: .edDSA
    case .secret: .hs256
    }
  }

  /// Nil where the key is of another kind, or for something else than checking these signatures.
  ///
  /// - Throws: `INVALID_REQUEST` where it is of a known kind and not whole, naming the member.
  init?(_ object: JSONObject) throws(HubError) {
    try object.refuseDoubledKeys()
    let type = try object.requiredString("kty")
    if let use = try object.string("use"), use != "sig" { return nil }
    let material: Material
    switch (type, try object.string("crv")) {
    case ("RSA", _):
      material = .rsa(modulus: try object.base64URL("n"), exponent: try object.base64URL("e"))
    case ("EC", "P-256"):
      material = .p256(x: try object.base64URL("x", count: 32), y: try object.base64URL("y", count: 32))
    case ("OKP", "Ed25519"): material = .ed25519(try object.base64URL("x", count: 32))
    case ("oct", _): material = .secret(try object.base64URL("k"))
    default: return nil
    }
    self.material = material
    keyID = try object.string("kid")
    // RFC 7518 section 6.2.2.1: the private half of any of these kinds.
    let hasPrivateHalf = try object.present("d") != nil
    isSecret = type == "oct" || hasPrivateHalf
    if let name = try object.string("alg"), name != algorithm.rawValue { return nil }
  }
}

extension JSONObject {
  fileprivate func base64URL(_ key: StaticString, count: Int? = nil) throws(HubError) -> [UInt8] {
    guard let bytes = Base64URL.decode(try requiredString(key).utf8.span), !bytes.isEmpty else {
      throw HubError(.invalidRequest, "`\(path)\(key)` is not base64url without padding")
    }
    if let count, bytes.count != count {
      throw HubError(.invalidRequest, "`\(path)\(key)` has \(bytes.count) bytes, it must have \(count)")
    }
    return bytes
  }
}
