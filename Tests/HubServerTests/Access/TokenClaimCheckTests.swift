import HubWire
import Testing

@testable import HubServer

@Suite struct TokenClaimCheckTests {
  @Test func `a token is valid up to the second in which it expires, leeway included`() throws {
    for leeway in [0, 60] {
      let tokens = try checker { $0.leeway = .seconds(leeway) }
      let token = #"{"sub":"a","exp":1000}"#
      let end = Int64(1_000 + leeway)
      #expect(try tokens.grant(token, at: end - 1).expires == end)
      #expect(refusal(tokens, token, at: end)?.code == .tokenExpired)
      #expect(refusal(tokens, token, at: end + 1_000_000)?.code == .tokenExpired)
    }
  }

  @Test func `a token is valid from the second in which it begins, less the leeway`() throws {
    let tokens = try checker { $0.leeway = .seconds(60) }
    let token = #"{"sub":"a","exp":5000,"nbf":1000}"#
    #expect(try tokens.grant(token, at: 940).user == "a")
    #expect(refusal(tokens, token, at: 939)?.code == .unauthorized)
    #expect(refusal(tokens, token, at: 939)?.detail.contains("nbf") == true)
  }

  @Test func `dates at the end of what is a date do not overflow`() throws {
    let tokens = try checker { $0.leeway = .seconds(3_600) }
    #expect(try tokens.grant(#"{"sub":"a","exp":9007199254740992,"nbf":0}"#, at: 0).user == "a")
    #expect(refusal(tokens, #"{"sub":"a","exp":9007199254740992,"nbf":9007199254740992}"#, at: 0) != nil)
  }

  @Test func `the audience is looked at where one is set`() throws {
    let tokens = try checker { $0.audience = ["hub", "other"] }
    for audience in [#""hub""#, #""other""#, #"["x","hub"]"#, #"["hub"]"#] {
      #expect(try tokens.grant(#"{"sub":"a","exp":9,"aud":\#(audience)}"#, at: 0).user == "a")
    }
    for audience in ["", #","aud":"x""#, #","aud":[]"#, #","aud":"hub ""#, #","aud":"HUB""#, #","aud":["hu","b"]"#] {
      let error = refusal(tokens, #"{"sub":"a","exp":9\#(audience)}"#, at: 0)
      #expect(error?.code == .unauthorized && error?.detail.contains("aud") == true, "\(audience)")
    }
    #expect(try checker { _ in }.grant(#"{"sub":"a","exp":9,"aud":"x"}"#, at: 0).user == "a")
  }

  @Test func `the issuer is looked at where one is set`() throws {
    let tokens = try checker { $0.issuer = ["https://login"] }
    #expect(try tokens.grant(#"{"sub":"a","exp":9,"iss":"https://login"}"#, at: 0).user == "a")
    for issuer in ["", #","iss":"https://login/""#, #","iss":"x""#, #","iss":"""#] {
      let error = refusal(tokens, #"{"sub":"a","exp":9\#(issuer)}"#, at: 0)
      #expect(error?.code == .unauthorized && error?.detail.contains("iss") == true, "\(issuer)")
    }
  }

  @Test func `what is missing or doubled is refused although it is signed`() throws {
    let tokens = try checker { _ in }
    for claims in [
      #"{"sub":"a"}"#, #"{"exp":9}"#, #"{"sub":"a","exp":9,"exp":9}"#, #"{"sub":"a","sub":"a","exp":9}"#, "{}", "x",
    ] {
      #expect(refusal(tokens, claims, at: 0)?.code == .unauthorized)
    }
  }

  @Test func `the rooms that the hub subscribes a client to may be read`() throws {
    let grant = try checker { _ in }.grant(#"{"sub":"a","exp":9,"iat":5,"roomcast":{"rooms":["news"]}}"#, at: 0)
    #expect(grant.rooms == [try RoomName("news")])
    #expect(try grant.mayRead(RoomName("news")) && !grant.mayRead(RoomName("news:1")))
    #expect(!grant.mayPublish(try RoomName("news")))
    #expect(grant.issued == 5)
  }

  @Test func `a grant ends with its key, whatever the key is called`() throws {
    let tokens = try checker { _ in }
    let grant = try tokens.grant(#"{"sub":"a","exp":9}"#, at: 0)
    var settings = Settings()
    settings.tokens.keys = [TokenKeySettings(id: "new", algorithm: .hs256, material: .secretFile("secret"))]
    #expect(try Authenticator(settings, readFile: SampleKeys.file).renewed(grant) != nil)
    settings.tokens.keys = [
      TokenKeySettings(algorithm: .hs256, material: .secret(HiddenText(String(repeating: "x", count: 32))))
    ]
    #expect(try Authenticator(settings).renewed(grant) == nil)
  }

  // MARK: Helpers

  private struct Checker {
    let authenticator: Authenticator
    let key: SigningKey

    func grant(_ claims: String, at seconds: Int64) throws(HubError) -> Grant {
      try authenticator.grant(credential: key.token(claims: Array(claims.utf8)), at: seconds)
    }
  }

  private func checker(_ change: (inout TokenSettings) -> Void) throws -> Checker {
    var settings = Settings()
    settings.tokens.keys = [TokenKeySettings(algorithm: .hs256, material: .secretFile("secret"))]
    change(&settings.tokens)
    return Checker(
      authenticator: try Authenticator(settings, readFile: SampleKeys.file),
      key: try SigningKey(secret: Array(SampleKeys.secret.utf8)))
  }

  private func refusal(_ checker: Checker, _ claims: String, at seconds: Int64) -> HubError? {
    do throws(HubError) {
      _ = try checker.grant(claims, at: seconds)
      return nil
    } catch {
      return error
    }
  }
}
