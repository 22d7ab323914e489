import HubWire

/// The key of a backend service: `rc_` and 43 characters that stand for 32 random bytes.
///
/// The hub knows a key by its digest only. The key has as much randomness as the digest has bits, so that a fast digest
/// without salt guards it as well as a slow one.
package enum APIKey {
  /// What every key begins with, and no token can: so that it is known for what it is, in a scan for leaked secrets too.
  package static let prefix = "rc_"

  /// A new key.
  package static func random() -> String {
    prefix + String(decoding: Base64URL.encode(RandomBytes.make(count: 32)), as: UTF8.self)
  }

  /// What the hub keeps of a key: SHA-256 in hexadecimal digits.
  package static func digest(of key: String) -> String { Hexadecimal.text(Digest.sha256(key.utf8.span)) }
}
