import HubWire
import Testing

@testable import HubServer

@Suite struct AuthenticatorTests {
  @Test func `with nothing configured everybody may do everything`() throws {
    let authenticator = try Authenticator(Settings())
    #expect(authenticator.isOpen)
    let grant = try authenticator.grant(credential: "whatever", at: 0)
    let room = try RoomName("orders")
    #expect(grant.mayRead(room) && grant.mayPublish(room) && grant.isAdmin && grant.principal == "")
    #expect(authenticator.renewed(.open) != nil)
  }

  @Test func `an API key may do in its rooms what its scopes say`() throws {
    let rooms = [try RoomPattern("orders:*")]
    for scopes in [Scopes(), .publish, .read, .admin, [.publish, .read], [.publish, .read, .admin]] {
      let (authenticator, keys) = try Self.ring([scopes], rooms: rooms)
      let grant = try authenticator.grant(credential: keys[0], at: 0)
      #expect(grant.mayPublish(try RoomName("orders:1")) == scopes.contains(.publish))
      #expect(grant.mayRead(try RoomName("orders:1")) == scopes.contains(.read))
      #expect(grant.isAdmin == scopes.contains(.admin))
      #expect(try !grant.mayPublish(RoomName("orders")) && !grant.mayRead(RoomName("other")))
      #expect(grant.principal == "" && grant.user == nil && grant.expires == nil)
    }
  }

  @Test func `each of many keys is known, and nothing that is almost one`() throws {
    let (authenticator, keys) = try Self.ring([Scopes](repeating: .read, count: 50), rooms: [.all])
    #expect(!authenticator.isOpen)
    #expect(Set(keys).count == 50)
    for key in keys {
      #expect(key.hasPrefix("rc_") && key.utf8.count == 46)
      #expect(try authenticator.grant(credential: key, at: 0).source == .key(APIKey.digest(of: key)))
      for wrong in [key + "A", String(key.dropLast()), key + "\n", " " + key, key.uppercased(), "rc_"] {
        Self.expectRefusal(authenticator, wrong)
      }
    }
    for wrong in ["", "rc_" + String(repeating: "A", count: 43), APIKey.digest(of: keys[0]), "Bearer " + keys[0]] {
      Self.expectRefusal(authenticator, wrong)
    }
  }

  @Test func `a key holds as long as it is configured, with the rights that it has now`() throws {
    let (first, keys) = try Self.ring([.read, .publish], rooms: [.all])
    let (old, other) = (try first.grant(credential: keys[0], at: 0), try first.grant(credential: keys[1], at: 0))
    // The second key takes the first one's place.
    var settings = Settings()
    settings.keys = [
      APIKeySettings(name: "b", sha256: APIKey.digest(of: keys[1]), scopes: [.read, .publish], rooms: [.all])
    ]
    let second = try Authenticator(settings)
    #expect(first.renewed(old) != nil && first.renewed(other) != nil)
    #expect(second.renewed(old) == nil)
    #expect(second.renewed(other) != nil)
    let room = try RoomName("a")
    #expect(!other.mayRead(room))
    #expect(second.renewed(other)?.mayRead(room) == true)
    #expect(second.renewed(.open) == nil)
  }

  @Test func `a namespace may let anyone read, and those with credentials too`() throws {
    var settings = Settings()
    let key = APIKey.random()
    settings.keys = [APIKeySettings(name: "a", sha256: APIKey.digest(of: key), scopes: .publish, rooms: [.all])]
    settings.namespaces = [
      NamespaceSettings(name: try RoomPattern("news"), anonymous: true),
      NamespaceSettings(name: try RoomPattern("pub*"), anonymous: true),
      NamespaceSettings(name: try RoomPattern("other"), anonymous: false),
    ]
    let authenticator = try Authenticator(settings)
    let anonymous = authenticator.anonymous
    for grant in [anonymous, try authenticator.grant(credential: key, at: 0)] {
      for name in ["news", "news:1", "public:x", "pub"] { #expect(grant.mayRead(try RoomName(name)), "\(name)") }
      for name in ["new", "newsx", "newsx:1", "other", "other:1"] {
        #expect(!grant.mayRead(try RoomName(name)), "\(name)")
      }
    }
    #expect(try !anonymous.mayPublish(RoomName("news")) && !anonymous.isAdmin)
    #expect(anonymous.principal == "" && anonymous.source == .anonymous)
    #expect(authenticator.renewed(anonymous) != nil)
    #expect(try Authenticator(Settings()).renewed(anonymous) === Grant.open, "the hub has been opened")
  }

  @Test func `a certificate publishes where certificates are asked for`() throws {
    #expect(try Authenticator(Settings()).grant(certificate: "billing") == nil)
    let authenticator = try Authenticator(Settings(), acceptsCertificates: true)
    #expect(!authenticator.isOpen)
    let grant = try #require(authenticator.grant(certificate: "billing"))
    let room = try RoomName("orders")
    #expect(grant.mayPublish(room) && !grant.mayRead(room) && !grant.isAdmin)
    #expect(grant.source == .certificate("billing"))
    #expect(authenticator.renewed(grant) != nil)
    #expect(try Authenticator(Settings()).renewed(grant) == nil)
  }

  @Test func `everything that is wrong with keys is told at once, with its place`() throws {
    var settings = Settings()
    settings.tokens.keys = [
      TokenKeySettings(algorithm: .hs256, material: .secret(HiddenText("short"))),
      TokenKeySettings(id: "a", algorithm: .es256, material: .publicKeyFile("rsa")),
      TokenKeySettings(id: "b", algorithm: .rs256, material: .publicKeyFile("nowhere")),
      TokenKeySettings(id: "c", algorithm: .rs256, material: .publicKeyFile("rsa")),
    ]
    settings.tokens.jwks = "rsa"
    do throws(AuthenticatorError) {
      _ = try Authenticator(settings, readFile: SampleKeys.file)
      Issue.record("taken")
    } catch {
      #expect(
        error.problems.map { $0.key + $0.inside } == [
          "tokens.keys[0].secret", "tokens.keys[1].publicKeyFile", "tokens.keys[2].publicKeyFile", "tokens.jwks",
        ])
      #expect(!error.description.contains("short"))
    }
  }

  @Test func `a key set stands beside the other keys, under other names`() throws {
    let secret = try SigningKey(secret: [UInt8](repeating: 0, count: 32))
    let set = #"{"keys":[{"kty":"oct","kid":"o","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#
    var settings = Settings()
    settings.tokens.jwks = "keys.json"
    settings.tokens.keys = [TokenKeySettings(id: "p", algorithm: .es256, material: .publicKeyFile("p256"))]
    func authenticator() throws(AuthenticatorError) -> Authenticator {
      try Authenticator(settings) { $0 == "keys.json" ? Array(set.utf8) : try SampleKeys.file($0) }
    }
    let claims = Array(#"{"sub":"a","exp":9}"#.utf8)
    #expect(try authenticator().grant(credential: secret.token(claims: claims, keyID: "o"), at: 0).user == "a")
    Self.expectRefusal(try authenticator(), secret.token(claims: claims, keyID: "p"))
    Self.expectRefusal(try authenticator(), secret.token(claims: claims))
    settings.tokens.keys[0].id = "o"
    #expect(throws: AuthenticatorError.self) { try authenticator() }
  }

  private static func ring(_ scopes: [Scopes], rooms: [RoomPattern]) throws -> (Authenticator, [String]) {
    let keys = scopes.map { _ in APIKey.random() }
    var settings = Settings()
    settings.keys = zip(keys, scopes).enumerated().map { index, key in
      APIKeySettings(name: "key\(index)", sha256: APIKey.digest(of: key.0), scopes: key.1, rooms: rooms)
    }
    return (try Authenticator(settings), keys)
  }

  private static func expectRefusal(_ authenticator: Authenticator, _ credential: String) {
    do throws(HubError) {
      _ = try authenticator.grant(credential: credential, at: 0)
      Issue.record("taken: \(credential)")
    } catch {
      #expect(error.code == .unauthorized)
      #expect(credential.utf8.count < 4 || !error.detail.contains(credential))
    }
  }
}
