import COpenSSL
import HubWire

/// A key that checks signatures, for one algorithm and no other, prepared once for all threads.
///
/// That the algorithm belongs to the key, and the token has no say in it, is what keeps a public key from being taken
/// for a shared secret (RFC 8725 section 3.1).
final class SignatureKey: @unchecked Sendable {
  /// The least number of bytes of a shared secret (RFC 7518 section 3.2).
  static let minimumSecretBytes = 32
  /// The least number of bits of an RSA modulus (RFC 7518 section 3.3).
  static let minimumModulusBits = 2_048
  /// The most: a check takes time with the square of it.
  static let maximumModulusBits = 8_192

  let algorithm: SignatureAlgorithm
  /// Tells the key from every other, whatever it is called: digits of a digest over its public half; of a secret, of
  /// what only its holder can compute.
  let fingerprint: String
  /// The public key; nil for HS256.
  private let publicKey: OpaquePointer?
  /// A keyed HMAC that each check copies; nil for the others. Copying reads only, so that threads may do it at once.
  private let hmac: OpaquePointer?

  /// - Throws: why the secret cannot be used.
  init(secret: [UInt8]) throws(SignatureKeyError) {
    guard secret.count >= Self.minimumSecretBytes else {
      throw SignatureKeyError(
        message: "the secret has \(secret.count) bytes, HS256 needs at least \(Self.minimumSecretBytes)",
        mend: "make one with: openssl rand -hex 32")
    }
    algorithm = .hs256
    publicKey = nil
    hmac = Self.keyedHMAC(secret)
    fingerprint = Self.digits(of: Self.compute(hmac, over: Array("roomcast key".utf8)[...]))
  }

  /// - Throws: why the key cannot be used with the algorithm.
  convenience init(_ algorithm: SignatureAlgorithm, publicKeyPEM pem: [UInt8]) throws(SignatureKeyError) {
    let mend = "give a file that begins with -----BEGIN PUBLIC KEY-----; openssl pkey -in KEY -pubout makes one"
    guard algorithm != .hs256 else {
      throw SignatureKeyError(
        message: "HS256 has no public key", mend: "give its secret in secretFile, or name the algorithm of the key")
    }
    let bio = pem.withUnsafeBytes { BIO_new_mem_buf($0.baseAddress, CInt($0.count)) }
    defer { BIO_free(bio) }
    guard let key = PEM_read_bio_PUBKEY(bio, nil, nil, nil) else {
      ERR_clear_error()
      throw SignatureKeyError(message: "this is no public key in PEM form", mend: mend)
    }
    try self.init(algorithm, owning: key)
  }

  /// - Throws: why the key cannot be used.
  convenience init(_ key: JSONWebKey) throws(SignatureKeyError) {
    let made: OpaquePointer?
    switch key.material {
    case .secret(let secret):
      try self.init(secret: secret)
      return
    case .rsa(let modulus, let exponent): made = Self.rsaKey(modulus, exponent)
    case .p256(let x, let y): made = Self.p256Key(x + y)
    case .ed25519(let point): made = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, point, point.count)
    }
    guard let made else {
      ERR_clear_error()
      throw SignatureKeyError(
        message: "its numbers are no key for \(key.algorithm.rawValue)", mend: "take the key as its issuer gives it")
    }
    try self.init(key.algorithm, owning: made)
  }

  /// - Parameter key: becomes this object's, whatever happens.
  private init(_ algorithm: SignatureAlgorithm, owning key: OpaquePointer) throws(SignatureKeyError) {
    if let error = Self.unfitness(of: key, for: algorithm) {
      EVP_PKEY_free(key)
      throw error
    }
    self.algorithm = algorithm
    publicKey = key
    hmac = nil
    fingerprint = Self.digits(of: Digest.sha256(Self.encoding(of: key).span))
  }

  deinit {
    EVP_PKEY_free(publicKey)
    EVP_MAC_CTX_free(hmac)
  }

  /// Whether the signature was made over these bytes with this key.
  func isValid(_ signature: [UInt8], of bytes: ArraySlice<UInt8>) -> Bool {
    switch algorithm {
    case .hs256: return ConstantTime.areEqual(signature.span, Self.compute(hmac, over: bytes).span)
    case .rs256, .edDSA: return verify(signature, of: bytes)
    case .es256: return ECDSASignature.der(raw: signature).map { verify($0, of: bytes) } ?? false
    }
  }

  private func verify(_ signature: [UInt8], of bytes: ArraySlice<UInt8>) -> Bool {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    // Ed25519 hashes by itself (RFC 8032 section 5.1).
    let digest = algorithm == .edDSA ? nil : "SHA256"
    guard EVP_DigestVerifyInit_ex(context, nil, digest, nil, nil, publicKey, nil) == 1 else {
      ERR_clear_error()
      return false
    }
    let isValid = bytes.withUnsafeBufferPointer {
      EVP_DigestVerify(context, signature, signature.count, $0.baseAddress, $0.count) == 1
    }
    // What a forger sends must not fill the thread's queue of errors, where the next caller would find it.
    if !isValid { ERR_clear_error() }
    return isValid
  }

  // MARK: Making keys

  private static func keyedHMAC(_ secret: [UInt8]) -> OpaquePointer? {
    let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
    defer { EVP_MAC_free(algorithm) }
    let context = EVP_MAC_CTX_new(algorithm)
    var digest = Array("SHA256".utf8CString)
    let done = digest.withUnsafeMutableBufferPointer { digest in
      let parameters = [
        OSSL_PARAM_construct_utf8_string(pointer("digest"), digest.baseAddress, 0), OSSL_PARAM_construct_end(),
      ]
      return EVP_MAC_init(context, secret, secret.count, parameters)
    }
    precondition(done == 1, "libcrypto has no HMAC")
    return context
  }

  private static func compute(_ hmac: OpaquePointer?, over bytes: ArraySlice<UInt8>) -> [UInt8] {
    let context = EVP_MAC_CTX_dup(hmac)
    defer { EVP_MAC_CTX_free(context) }
    return [UInt8](unsafeUninitializedCapacity: 32) { code, count in
      let done = bytes.withUnsafeBufferPointer {
        EVP_MAC_update(context, $0.baseAddress, $0.count) == 1
          && EVP_MAC_final(context, code.baseAddress, &count, 32) == 1
      }
      precondition(done, "libcrypto cannot compute an HMAC")
    }
  }

  /// HMAC with SHA-256 of the bytes.
  static func hmac(of bytes: ArraySlice<UInt8>, secret: [UInt8]) -> [UInt8] {
    let keyed = keyedHMAC(secret)
    defer { EVP_MAC_CTX_free(keyed) }
    return compute(keyed, over: bytes)
  }

  private static func rsaKey(_ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
    let (n, e) = (BN_bin2bn(modulus, CInt(modulus.count), nil), BN_bin2bn(exponent, CInt(exponent.count), nil))
    defer {
      BN_free(n)
      BN_free(e)
    }
    return key("RSA") { builder in
      OSSL_PARAM_BLD_push_BN(builder, pointer("n"), n) == 1 && OSSL_PARAM_BLD_push_BN(builder, pointer("e"), e) == 1
    }
  }

  /// - Parameter point: both coordinates; that they lie on the curve is checked by libcrypto.
  private static func p256Key(_ point: [UInt8]) -> OpaquePointer? {
    // SEC 1 section 2.3.3: 4 stands before a point that is not compressed.
    let encoded = [4] + point
    return encoded.withUnsafeBytes { point in
      key("EC") { builder in
        OSSL_PARAM_BLD_push_utf8_string(builder, pointer("group"), pointer("prime256v1"), 0) == 1
          && OSSL_PARAM_BLD_push_octet_string(builder, pointer("pub"), point.baseAddress, point.count) == 1
      }
    }
  }

  /// A C string that stays: the builder keeps pointers to what it is given.
  private static func pointer(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  private static func key(_ type: String, _ push: (OpaquePointer?) -> Bool) -> OpaquePointer? {
    let builder = OSSL_PARAM_BLD_new()
    defer { OSSL_PARAM_BLD_free(builder) }
    guard push(builder), let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
    defer { OSSL_PARAM_free(parameters) }
    let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata_init(context) == 1,
      EVP_PKEY_fromdata(context, &key, COpenSSL_publicKey, parameters) == 1
    else { return nil }
    return key
  }

  // MARK: Judging keys

  private static func unfitness(of key: OpaquePointer, for algorithm: SignatureAlgorithm) -> SignatureKeyError? {
    let mend = "name the algorithm that the key is for, or give another key"
    let type = SignatureKeyType(key)
    guard type?.algorithm == algorithm else {
      let found = type.map { "a key for \($0.algorithm.rawValue)" } ?? "a key of a kind that tokens are not signed with"
      return SignatureKeyError(message: "it holds \(found), not for \(algorithm.rawValue)", mend: mend)
    }
    return algorithm == .rs256 ? wrongSize(of: key) : nil
  }

  /// What is wrong with the size of an RSA key; nil where nothing is.
  static func wrongSize(of key: OpaquePointer) -> SignatureKeyError? {
    let bits = Int(EVP_PKEY_get_bits(key))
    if (minimumModulusBits...maximumModulusBits).contains(bits) { return nil }
    return SignatureKeyError(
      message: "the RSA key has \(bits) bits, it must have \(minimumModulusBits) to \(maximumModulusBits)",
      mend: "take a key of 3072 bits, or an Ed25519 key")
  }

  /// The DER of the public half (RFC 5280 section 4.1).
  private static func encoding(of key: OpaquePointer) -> [UInt8] {
    let length = i2d_PUBKEY(key, nil)
    precondition(length > 0, "libcrypto cannot write a public key that it has read")
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      var end = buffer.baseAddress
      count = Int(i2d_PUBKEY(key, &end))
    }
  }

  private static func digits(of digest: [UInt8]) -> String { Hexadecimal.text(digest.prefix(16)) }
}
