import HubWire
import Testing

@testable import HubServer

@Suite struct TokenAttackTests {
  private static let now: Int64 = 1_700_000_000
  private static let claims =
    #"{"sub":"ann","exp":1700000600,"roomcast":{"subscribe":["chat:*"],"publish":["chat:1"]}}"#

  private let authenticator: Authenticator

  /// One key of each kind; the secret has no kid.
  init() throws {
    var settings = Settings()
    settings.tokens.keys = [
      TokenKeySettings(algorithm: .hs256, material: .secretFile("secret")),
      TokenKeySettings(id: "rsa", algorithm: .rs256, material: .publicKeyFile("rsa")),
      TokenKeySettings(id: "p256", algorithm: .es256, material: .publicKeyFile("p256")),
      TokenKeySettings(id: "ed25519", algorithm: .edDSA, material: .publicKeyFile("ed25519")),
    ]
    authenticator = try Authenticator(settings, readFile: SampleKeys.file)
  }

  @Test func `a right token of each kind is taken and gives what it says`() throws {
    var sources: Set<Grant.Source> = []
    for token in try rightTokens() {
      let grant = try authenticator.grant(credential: token, at: Self.now)
      #expect(grant.user == "ann" && grant.principal == "ann")
      #expect(grant.expires == 1_700_000_660)
      #expect(try grant.mayRead(RoomName("chat:2")) && !grant.mayRead(RoomName("chat")))
      #expect(try grant.mayPublish(RoomName("chat:1")) && !grant.mayPublish(RoomName("chat:2")))
      #expect(!grant.isAdmin)
      #expect(authenticator.renewed(grant) != nil)
      sources.insert(grant.source)
    }
    #expect(sources.count == 4)
  }

  @Test(arguments: ["none", "NONE", "nOnE", "None", "", "HS256 ", "hs256", "HS384", "ES256", "EdDSA", "RS256"])
  func `the header does not choose the algorithm`(name: String) throws {
    let parts = try rightTokens()[0].split(separator: ".")
    for id in ["", #","kid":"rsa""#, #","kid":"p256""#, #","kid":"ed25519""#, #","kid":"""#] {
      let header = Self.text(#"{"alg":"\#(name)"\#(id)}"#)
      for signature in ["", String(parts[2]), "AA"] {
        expectRefusal("\(header).\(parts[1]).\(signature)")
      }
    }
  }

  @Test(arguments: ["none", "NONE", "nOnE", "", "HS384", "HS512", "hs256", "RS256"])
  func `a wrong algorithm is refused although the signature is the key's`(name: String) throws {
    func token(_ name: String) -> String {
      let unsigned = Self.text(#"{"alg":"\#(name)"}"#) + "." + Self.text(Self.claims)
      let code = SignatureKey.hmac(of: Array(unsigned.utf8)[...], secret: Array(SampleKeys.secret.utf8))
      return unsigned + "." + String(decoding: Base64URL.encode(code), as: UTF8.self)
    }
    #expect(try authenticator.grant(credential: token("HS256"), at: Self.now).user == "ann")
    expectRefusal(token(name))
  }

  @Test func `any number of threads may ask at once`() async throws {
    let (authenticator, tokens) = (authenticator, try rightTokens())
    let right = await withTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask {
          (0..<50).count { turn in
            let token = tokens[(number + turn) % tokens.count]
            let wrong = try? authenticator.grant(credential: token + "AAAA", at: Self.now)
            return wrong == nil && (try? authenticator.grant(credential: token, at: Self.now)) != nil
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(right == 400)
  }

  /// RFC 8725 section 2.1: the public key, which everybody has, as the secret of an HMAC.
  @Test func `a public key is no secret`() throws {
    for (id, pem) in [("rsa", SampleKeys.rsaPublic), ("p256", SampleKeys.p256Public)] {
      let unsigned = Self.text(#"{"alg":"HS256","kid":"\#(id)"}"#) + "." + Self.text(Self.claims)
      for text in [pem, pem + "\n", pem.replacing("\n", with: "\r\n")] {
        let code = SignatureKey.hmac(of: Array(unsigned.utf8)[...], secret: Array(text.utf8))
        expectRefusal(unsigned + "." + String(decoding: Base64URL.encode(code), as: UTF8.self))
      }
    }
  }

  @Test func `a key signs only for its own name`() throws {
    let ed25519 = try SigningKey(privateKeyPEM: Array(SampleKeys.ed25519Private.utf8))
    for id in ["rsa", "p256", "unknown", "Ed25519", "ed25519 ", "", nil] as [String?] {
      expectRefusal(ed25519.token(claims: Array(Self.claims.utf8), keyID: id))
    }
    let other = try SigningKey(secret: [UInt8](repeating: 7, count: 32))
    expectRefusal(other.token(claims: Array(Self.claims.utf8)))
  }

  @Test func `without a kid a token is tried only where there is one key it can mean`() throws {
    let secret = try SigningKey(secret: Array(SampleKeys.secret.utf8))
    let token = secret.token(claims: Array(Self.claims.utf8))
    func verdict(_ ids: [String?]) throws -> Bool {
      var settings = Settings()
      settings.tokens.keys = ids.enumerated().map { index, id in
        TokenKeySettings(
          id: id, algorithm: index == 0 ? .hs256 : .rs256,
          material: index == 0 ? .secretFile("secret") : .publicKeyFile("rsa"))
      }
      let authenticator = try Authenticator(settings, readFile: SampleKeys.file)
      return (try? authenticator.grant(credential: token, at: Self.now)) != nil
    }
    #expect(try verdict([nil]))
    #expect(try verdict(["a"]))
    #expect(try verdict([nil, "b"]))
    #expect(try !verdict(["a", nil]))
    #expect(try !verdict(["a", "b"]))
    #expect(try !verdict([nil, nil]))
  }

  @Test func `with any character changed a token is refused`() throws {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0".utf8)
    for (kind, token) in try rightTokens().enumerated() {
      let bytes = Array(token.utf8)
      for place in bytes.indices {
        // All others for the secret; a few where a check takes longer.
        for (number, character) in alphabet.enumerated() where kind == 0 || (number + place) % 37 == 0 {
          guard character != bytes[place] else { continue }
          var wrong = bytes
          wrong[place] = character
          expectRefusal(String(decoding: wrong, as: UTF8.self))
        }
      }
    }
  }

  @Test func `cut, grown or joined tokens are refused`() throws {
    for token in try rightTokens() {
      for count in 0..<token.utf8.count { expectRefusal(String(token.prefix(count))) }
      for wrong in [token + "A", token + "=", token + ".", " " + token, token + " ", token + "\n", token + "." + token]
      {
        expectRefusal(wrong)
      }
      expectRefusal(token + String(repeating: "A", count: 100_000))
    }
  }

  @Test func `a token of another issuer's making is refused part by part`() throws {
    let tokens = try rightTokens().map { $0.split(separator: ".").map(String.init) }
    let stronger = Self.text(Self.claims.replacing("ann", with: "root"))
    for parts in tokens { expectRefusal("\(parts[0]).\(stronger).\(parts[2])") }
    for (left, right) in zip(tokens, tokens.dropFirst()) {
      expectRefusal("\(right[0]).\(left[1]).\(left[2])")
      expectRefusal("\(left[0]).\(left[1]).\(right[2])")
    }
  }

  private func rightTokens() throws -> [String] {
    let claims = Array(Self.claims.utf8)
    let secret = try SigningKey(secret: Array((SampleKeys.secret + "\n").utf8))
    let keys = [
      ("rsa", SampleKeys.rsaPrivate), ("p256", SampleKeys.p256Private), ("ed25519", SampleKeys.ed25519Private),
    ]
    return [secret.token(claims: claims)]
      + (try keys.map { try SigningKey(privateKeyPEM: Array($0.1.utf8)).token(claims: claims, keyID: $0.0) })
  }

  private static func text(_ json: String) -> String {
    String(decoding: Base64URL.encode(Array(json.utf8)), as: UTF8.self)
  }

  private func expectRefusal(_ token: String) {
    do throws(HubError) {
      _ = try authenticator.grant(credential: token, at: Self.now)
      Issue.record("taken: \(token)")
    } catch {
      #expect(error.code == .unauthorized)
    }
  }
}
