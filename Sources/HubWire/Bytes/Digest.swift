import COpenSSL

/// One-shot message digests, through libcrypto.
package enum Digest {
  /// SHA-1 (FIPS 180-4), 20 bytes: the WebSocket handshake needs it; nothing that guards a secret may use it.
  package static func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe compute(sha1Algorithm, bytes)
  }

  /// SHA-256 (FIPS 180-4), 32 bytes.
  package static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe compute(sha256Algorithm, bytes)
  }

  // Fetched once and kept: OpenSSL 3 looks `EVP_sha1()` up anew in its providers for each digest.
  private nonisolated(unsafe) static let sha1Algorithm = unsafe EVP_MD_fetch(nil, "SHA1", nil)
  private nonisolated(unsafe) static let sha256Algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

  /// Digesting bytes in memory fails only where libcrypto has no such digest or no memory: neither can be mended here.
  @unsafe
  private static func compute(_ algorithm: OpaquePointer?, _ bytes: Span<UInt8>) -> [UInt8] {
    let length = unsafe Int(EVP_MD_get_size(algorithm))
    return unsafe [UInt8](unsafeUninitializedCapacity: length) { digest, count in
      let done = unsafe bytes.withUnsafeBytes {
        unsafe EVP_Digest($0.baseAddress, $0.count, digest.baseAddress, nil, algorithm, nil)
      }
      precondition(done == 1, "libcrypto cannot compute this digest")
      count = length
    }
  }
}
