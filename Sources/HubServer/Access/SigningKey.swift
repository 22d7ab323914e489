import COpenSSL
package import HubWire

/// A key that signs tokens: for `roomcast token` and for tests. A hub itself only checks them.
package final class SigningKey {
  /// What tokens that are signed with it say in `alg`.
  package let algorithm: SignatureAlgorithm
  private let secret: [UInt8]
  /// Nil for HS256.
  private let privateKey: OpaquePointer?

  /// - Parameter secret: the bytes of its file; one line break at their end is left out.
  /// - Throws: why the secret cannot be used.
  package init(secret bytes: [UInt8]) throws(SignatureKeyError) {
    let secret = TokenKeyReader.withoutLineBreak(bytes)
    // Whoever checks what this key signs asks the same of it.
    _ = try SignatureKey(secret: secret)
    algorithm = .hs256
    self.secret = secret
    privateKey = nil
  }

  /// - Throws: why the key cannot be used.
  package init(privateKeyPEM pem: [UInt8]) throws(SignatureKeyError) {
    let bio = pem.withUnsafeBytes { BIO_new_mem_buf($0.baseAddress, CInt($0.count)) }
    defer { BIO_free(bio) }
    // Without a callback libcrypto would ask for the password of an encrypted key on the terminal.
    guard let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in 0 }, nil) else {
      ERR_clear_error()
      throw SignatureKeyError(
        message: "this is no private key in PEM form, or an encrypted one",
        mend: "make one with: openssl genpkey -algorithm ed25519")
    }
    guard let type = SignatureKeyType(key) else {
      EVP_PKEY_free(key)
      throw SignatureKeyError(
        message: "tokens are not signed with keys of this kind", mend: "take an RSA, P-256 or Ed25519 key")
    }
    if type == .rsa, let problem = SignatureKey.wrongSize(of: key) {
      EVP_PKEY_free(key)
      throw problem
    }
    algorithm = type.algorithm
    secret = []
    privateKey = key
  }

  deinit {
    EVP_PKEY_free(privateKey)
  }

  /// A token in compact form.
  ///
  /// - Parameter claims: its payload, a JSON object.
  package func token(claims: [UInt8], keyID: String? = nil) -> String {
    let header = JSONWriter.object { json in
      json.member("alg", algorithm.rawValue)
      json.member("typ", "JWT")
      if let keyID { json.member("kid", keyID) }
    }
    let signed = Base64URL.encode(header) + [UInt8(ascii: ".")] + Base64URL.encode(claims)
    return String(decoding: signed + [UInt8(ascii: ".")] + Base64URL.encode(signature(of: signed)), as: UTF8.self)
  }

  private func signature(of bytes: [UInt8]) -> [UInt8] {
    switch algorithm {
    case .hs256: return SignatureKey.hmac(of: bytes[...], secret: secret)
    case .rs256, .edDSA: return sign(bytes)
    case .es256:
      guard let raw = ECDSASignature.raw(der: sign(bytes)) else {
        preconditionFailure("libcrypto's ECDSA signature is not DER")
      }
      return raw
    }
  }

  private func sign(_ bytes: [UInt8]) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    let digest = algorithm == .edDSA ? nil : "SHA256"
    var length = 0
    guard EVP_DigestSignInit_ex(context, nil, digest, nil, nil, privateKey, nil) == 1,
      EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1
    else { preconditionFailure("libcrypto cannot sign with a key that it has read") }
    return [UInt8](unsafeUninitializedCapacity: length) { signature, count in
      count = length
      let done = EVP_DigestSign(context, signature.baseAddress, &count, bytes, bytes.count)
      precondition(done == 1, "libcrypto cannot sign with a key that it has read")
    }
  }
}
