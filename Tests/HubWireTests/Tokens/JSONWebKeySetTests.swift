import HubWire
import Testing

@Suite struct JSONWebKeySetTests {
  private static let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

  @Test func `keys of each kind are read with their names`() throws {
    let set = try read(
      #"{"kty":"RSA","kid":"r","use":"sig","alg":"RS256","n":"AQAB","e":"AQAB"}"#,
      #"{"kty":"EC","kid":"e","crv":"P-256","x":"\#(Self.x)","y":"\#(Self.x)"}"#,
      #"{"kty":"OKP","crv":"Ed25519","x":"\#(Self.x)"}"#, #"{"kty":"oct","kid":"o","k":"AQAB"}"#,
      #"{"kty":"OKP","kid":"p","crv":"Ed25519","x":"\#(Self.x)","d":"\#(Self.x)"}"#)
    #expect(set.keys.map(\.keyID) == ["r", "e", nil, "o", "p"])
    #expect(set.keys.map(\.algorithm) == [.rs256, .es256, .edDSA, .hs256, .edDSA])
    #expect(set.keys.map(\.isSecret) == [false, false, false, true, true])
    #expect(set.keys[0].material == .rsa(modulus: [1, 0, 1], exponent: [1, 0, 1]))
    #expect(set.keys[3].material == .secret([1, 0, 1]))
  }

  @Test func `keys for something else are passed over`() throws {
    let set = try read(
      #"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#, #"{"kty":"RSA","alg":"RS512","n":"AQAB","e":"AQAB"}"#,
      #"{"kty":"EC","crv":"P-384","x":"AQAB","y":"AQAB"}"#, #"{"kty":"OKP","crv":"X25519","x":"\#(Self.x)"}"#,
      #"{"kty":"new"}"#, #"{"kty":"oct","kid":"o","k":"AQAB"}"#, #"{"kty":"oct","alg":"RS256","k":"AQAB"}"#)
    #expect(set.keys.map(\.keyID) == ["o"])
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[5]}"#, #"{"keys":[{}]}"#, #"{"keys":[{"kty":"new"}]}"#,
    #"{"keys":[{"kty":"oct"}]}"#, #"{"keys":[{"kty":"oct","k":""}]}"#, #"{"keys":[{"kty":"oct","k":"A="}]}"#,
    #"{"keys":[{"kty":"oct","k":"AQAB","k":"AQAB"}]}"#, #"{"keys":[{"kty":"RSA","n":"AQAB"}]}"#,
    #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQAB"}]}"#, #"{"keys":[{"kty":"EC","crv":"P-256","x":"AQAB"}]}"#,
    #"{"keys":[{"kty":"oct","kid":"a","k":"AQAB"},{"kty":"oct","kid":"a","k":"AQAB"}]}"#,
  ])
  func `a set that is not whole, or of no use, is refused`(text: String) {
    #expect(throws: HubError.self) { try JSONWebKeySet(Array(text.utf8)) }
  }

  private func read(_ keys: String...) throws -> JSONWebKeySet {
    try JSONWebKeySet(Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8))
  }
}
