import HubWire
import Testing

@Suite struct TokenClaimsTests {
  @Test func `every claim is read`() throws {
    let claims = try read(
      #"{"sub":"ann","exp":1700000000,"nbf":1600000000,"iat":1600000001,"iss":"me","aud":["a","b"],"other":{"sub":1},"#
        + #""roomcast":{"subscribe":["orders:*"],"publish":["chat:1"],"presence":["*"],"rooms":["news"],"new":1}}"#)
    #expect(claims.subject == "ann")
    #expect(claims.expires == 1_700_000_000)
    #expect(claims.notBefore == 1_600_000_000)
    #expect(claims.issued == 1_600_000_001)
    #expect(claims.issuer == "me")
    #expect(claims.audience == ["a", "b"])
    #expect(claims.subscribe.map(\.text) == ["orders:*"])
    #expect(claims.publish.map(\.text) == ["chat:1"])
    #expect(claims.presence.map(\.text) == ["*"])
    #expect(claims.rooms.map(\.text) == ["news"])
  }

  @Test func `without the hub's own claim nothing is allowed`() throws {
    let claims = try read(#"{"sub":"ann","exp":1,"aud":"one","roomcast":null}"#)
    #expect(claims.subscribe.isEmpty && claims.publish.isEmpty && claims.presence.isEmpty && claims.rooms.isEmpty)
    #expect(claims.audience == ["one"])
    #expect(claims.notBefore == nil && claims.issued == nil && claims.issuer == nil)
  }

  /// A fraction never makes a token valid in a second in which it is not wholly so.
  @Test func `dates may have fractions and exponents`() throws {
    let claims = try read(#"{"sub":"a","exp":1700000000.9,"nbf":1.6e9,"iat":1600000000.5}"#)
    #expect(claims.expires == 1_700_000_000)
    #expect(claims.notBefore == 1_600_000_000)
    #expect(claims.issued == 1_600_000_000)
    #expect(try read(#"{"sub":"a","exp":2,"nbf":1600000000.1}"#).notBefore == 1_600_000_001)
  }

  @Test(arguments: [
    #"{"sub":"a"}"#, #"{"exp":1}"#, #"{"sub":"a","exp":null}"#, #"{"sub":null,"exp":1}"#, #"{"sub":"","exp":1}"#,
    #"{"sub":5,"exp":1}"#, #"{"sub":["a"],"exp":1}"#, #"{"sub":"a\u0000","exp":1}"#, #"{"sub":"a\nb","exp":1}"#,
    #"{"sub":"a\u0085","exp":1}"#, #"{"sub":"\ud800","exp":1}"#, #"{"sub":"a","exp":"1"}"#, #"{"sub":"a","exp":-1}"#,
    #"{"sub":"a","exp":1e300}"#, #"{"sub":"a","exp":9007199254740994}"#, #"{"sub":"a","exp":[1]}"#,
    #"{"sub":"a","exp":1,"exp":9}"#, #"{"sub":"a","sub":"b","exp":1}"#, #"{"sub":"a","exp":1,"x":1,"x":1}"#,
    #"{"sub":"a","exp":1,"s\u0075b":"b"}"#, #"{"sub":"a","exp":1,"nbf":"0"}"#, #"{"sub":"a","exp":1,"iat":true}"#,
    #"{"sub":"a","exp":1,"aud":5}"#, #"{"sub":"a","exp":1,"aud":[5]}"#, #"{"sub":"a","exp":1,"iss":[]}"#,
    #"{"sub":"a","exp":1,"roomcast":[]}"#, #"{"sub":"a","exp":1,"roomcast":{"subscribe":"a"}}"#,
    #"{"sub":"a","exp":1,"roomcast":{"subscribe":[1]}}"#, #"{"sub":"a","exp":1,"roomcast":{"subscribe":["a*b"]}}"#,
    #"{"sub":"a","exp":1,"roomcast":{"rooms":["a*"]}}"#, #"{"sub":"a","exp":1,"roomcast":{"publish":["é"]}}"#,
    #"{"sub":"a","exp":1,"roomcast":{"subscribe":[],"subscribe":["*"]}}"#, #"["sub"]"#, "", "{", "{}x",
  ])
  func `claims that are missing, doubled or not as they must be are refused`(payload: String) {
    #expect { try read(payload) } throws: { error in
      guard let error = error as? HubError else { return false }
      return error.code == .unauthorized && error.detail.hasPrefix("the token is refused: in its claims, ")
    }
  }

  @Test func `a user's name has up to 200 bytes`() throws {
    let longest = String(repeating: "é", count: 100)
    #expect(try read(#"{"sub":"\#(longest)","exp":1}"#).subject == longest)
    #expect(throws: HubError.self) { try read(#"{"sub":"\#(longest)x","exp":1}"#) }
  }

  private func read(_ payload: String) throws -> TokenClaims {
    let dot = [UInt8(ascii: ".")]
    let text = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + dot + Base64URL.encode(Array(payload.utf8)) + dot
    return try JSONWebToken(text).claims()
  }
}
