import HubWire
import Testing

@testable import HubServer

@Suite struct SignatureKeyTests {
  private static let joe =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  /// RFC 7515 appendices A.1 to A.3, RFC 8037 appendix A.4.
  private static let vectors: [(key: String, token: String)] = [
    (
      #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(joe).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    ),
    (
      #"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0B"#
        + "m4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-K"
        + "XBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2"
        + #"ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
      "eyJhbGciOiJSUzI1NiJ9.\(joe).cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5"
        + "YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
        + "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9F"
        + "s98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    ),
    (
      #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
        + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
      "eyJhbGciOiJFUzI1NiJ9.\(joe)."
        + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    ),
    (
      #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    ),
  ]

  @Test(arguments: vectors)
  func `the examples of the standards are valid, and with any bit changed they are not`(
    key: String, token: String
  ) throws {
    let key = try Self.key(key)
    let token = try JSONWebToken(Array(token.utf8))
    #expect(key.algorithm.rawValue == token.algorithm)
    #expect(key.isValid(token.signature, of: token.signedBytes))
    for place in token.signature.indices {
      var signature = token.signature
      signature[place] ^= 1 << UInt8(place % 8)
      #expect(!key.isValid(signature, of: token.signedBytes))
    }
    for place in token.signedBytes.indices {
      var signed = token.signedBytes
      signed[place] ^= 1
      #expect(!key.isValid(token.signature, of: signed))
    }
    for count in 0..<token.signature.count {
      #expect(!key.isValid(Array(token.signature.prefix(count)), of: token.signedBytes))
    }
    #expect(!key.isValid(token.signature + [0], of: token.signedBytes))
    #expect(!key.isValid([UInt8](repeating: 0, count: token.signature.count), of: token.signedBytes))
    #expect(!key.isValid([UInt8](repeating: 0xFF, count: token.signature.count), of: token.signedBytes))
  }

  @Test(arguments: [
    (SampleKeys.rsaPrivate, SampleKeys.rsaPublic), (SampleKeys.p256Private, SampleKeys.p256Public),
    (SampleKeys.ed25519Private, SampleKeys.ed25519Public),
  ])
  func `what a private key signs its public key finds valid, again and again`(secret: String, pem: String) throws {
    let signing = try SigningKey(privateKeyPEM: Array(secret.utf8))
    let key = try SignatureKey(signing.algorithm, publicKeyPEM: Array(pem.utf8))
    // The numbers of an ECDSA signature differ each time, and with them the number of their bytes.
    for number in 0..<(signing.algorithm == .es256 ? 300 : 3) {
      let token = try JSONWebToken(Array(signing.token(claims: Array("{\"n\":\(number)}".utf8), keyID: "k").utf8))
      #expect(token.keyID == "k" && token.algorithm == signing.algorithm.rawValue)
      #expect(key.isValid(token.signature, of: token.signedBytes))
    }
  }

  @Test(arguments: SignatureAlgorithm.allCases, ["rsa", "p256", "ed25519", "weak", "p384", "secret"])
  func `a public key is taken for its own algorithm alone`(algorithm: SignatureAlgorithm, file: String) throws {
    let pem = try SampleKeys.file(file)
    let fits = [("rsa", SignatureAlgorithm.rs256), ("p256", .es256), ("ed25519", .edDSA)]
    let isRight = fits.contains { $0 == (file, algorithm) }
    do throws(SignatureKeyError) {
      _ = try SignatureKey(algorithm, publicKeyPEM: pem)
      #expect(isRight)
    } catch {
      #expect(!isRight)
      if (file, algorithm) == ("weak", .rs256) { #expect(error.message.contains("1024 bits")) }
    }
  }

  @Test func `a private key is no public one, and signs only where it is strong enough`() {
    #expect(throws: SignatureKeyError.self) {
      try SignatureKey(.rs256, publicKeyPEM: Array(SampleKeys.rsaPrivate.utf8))
    }
    for pem in [SampleKeys.weakRSAPrivate, SampleKeys.rsaPublic, "", "-----BEGIN PRIVATE KEY-----"] {
      #expect(throws: SignatureKeyError.self) { try SigningKey(privateKeyPEM: Array(pem.utf8)) }
    }
  }

  @Test func `a secret has 32 bytes at least`() throws {
    #expect(throws: SignatureKeyError.self) { try SignatureKey(secret: [UInt8](repeating: 1, count: 31)) }
    _ = try SignatureKey(secret: [UInt8](repeating: 1, count: 32))
  }

  @Test(arguments: [
    // Not on the curve; a modulus of 1,024 bits; a short secret.
    #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
      + #""y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}"#,
    #"{"kty":"RSA","n":"\#(String(repeating: "9", count: 168))","e":"AQAB"}"#, #"{"kty":"oct","k":"AQAB"}"#,
  ])
  func `a key of a set that cannot be trusted is refused`(key: String) {
    #expect(throws: SignatureKeyError.self) { try Self.key(key) }
  }

  @Test func `keys are told apart by what they are`() throws {
    let keys = try Self.vectors.map { try Self.key($0.key).fingerprint }
    #expect(Set(keys).count == keys.count)
    #expect(try Self.vectors.map { try Self.key($0.key).fingerprint } == keys)
    #expect(keys.allSatisfy { $0.utf8.count == 32 })
  }

  private static func key(_ json: String) throws -> SignatureKey {
    let set = try JSONWebKeySet(Array(#"{"keys":[\#(json)]}"#.utf8))
    return try SignatureKey(set.keys[0])
  }
}
