import COpenSSL

/// Comparison of secrets.
package enum ConstantTime {
  /// Whether the bytes are the same, in a time that depends on their number alone, so that a guesser learns nothing from
  /// how long a refusal takes.
  package static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { unsafe CRYPTO_memcmp(left.baseAddress, $0.baseAddress, left.count) } == 0
    }
  }
}
