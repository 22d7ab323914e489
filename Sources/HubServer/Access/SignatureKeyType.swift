import COpenSSL
import HubWire

/// The kinds of asymmetric keys that tokens are signed with.
enum SignatureKeyType {
  case rsa, p256, ed25519

  /// Nil where libcrypto's key is of another kind, or on another curve.
  init?(_ key: OpaquePointer) {
    if EVP_PKEY_is_a(key, "RSA") == 1 {
      self = .rsa
    } else if EVP_PKEY_is_a(key, "ED25519") == 1 {
      self = .ed25519
    } else if EVP_PKEY_is_a(key, "EC") == 1, Self.curve(of: key) == "prime256v1" {
      self = .p256
    } else {
      return nil
    }
  }

  var algorithm: SignatureAlgorithm {
    switch self {
    case .rsa: .rs256
    case .p256: .es256
    case .ed25519: .edDSA
    }
  }

  private static func curve(of key: OpaquePointer) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else {
      ERR_clear_error()
      return nil
    }
    return String(decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
