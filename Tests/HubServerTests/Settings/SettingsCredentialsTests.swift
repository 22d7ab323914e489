import Glibc
import HubIO
import HubWire
import Testing

@testable import HubServer

@Suite struct SettingsCredentialsTests {
  private static let digest = String(repeating: "ab", count: 32)

  @Test func `a list of objects is read from the file`() throws {
    let reading = readSettings(
      file: """
        {
          // Two keys at once, so that one can take the other's place.
          keys: [
            { name: 'old', sha256: '\(Self.digest)', scopes: ['publish'], rooms: ['a', 'b:*'] },
            { name: 'new', sha256: '\(Self.digest.reversed().map(String.init).joined())', scopes: ['read', 'admin'], },
          ],
          tokens: {
            keys: [{ kid: 'x', algorithm: 'HS256', secret: '0123456789abcdef0123456789abcdef' }],
            audience: ['hub'],
          },
          namespaces: [{ name: 'news', anonymous: true }, { name: 'chat*' }],
        }
        """)
    #expect(reading.problems == [])
    let settings = reading.settings
    #expect(settings.keys.map(\.name) == ["old", "new"])
    #expect(settings.keys[0].rooms == [try RoomPattern("a"), try RoomPattern("b:*")])
    #expect(settings.keys[1].rooms == [.all])
    #expect(settings.keys[1].scopes == [.read, .admin])
    #expect(settings.tokens.keys[0].material == .secret(HiddenText("0123456789abcdef0123456789abcdef")))
    #expect(settings.namespaces.map(\.anonymous) == [true, false])
  }

  @Test func `all mistakes of all objects are told at once, each with its line and path`() {
    let reading = readSettings(
      file: """
        { keys: [
          { name: 'a', sha256: 'ab', scopes: ['red'], roms: [] },
          { name: 'b', name: 'c', sha256: '\(Self.digest)', scopes: [] },
          7,
        ], tokens: { keys: [
          { algorithm: 'none' },
          { algorithm: 'HS256', publicKeyFile: 'x' },
          { algorithm: 'RS256', publicKeyFile: 'x', secret: 'y' },
          { kid: 7, algorithm: 'HS256', secretFile: 'secret' },
        ] }, namespaces: [
          { name: 'a:b' },
          { anonymous: 'yes' },
        ] }
        """)
    #expect(
      reading.problems.map { "\($0.origin) \($0.key ?? "")" } == [
        "hub.json5:2:24 keys[0].sha256", "hub.json5:2:38 keys[0].scopes", "hub.json5:2:47 keys[0].roms",
        "hub.json5:3:16 keys[1].name", "hub.json5:3:111 keys[1].scopes", "hub.json5:4:3 keys[2]",
        "hub.json5:6:16 tokens.keys[0].algorithm", "hub.json5:7:3 tokens.keys[1]", "hub.json5:8:3 tokens.keys[2]",
        "hub.json5:9:10 tokens.keys[3].kid", "hub.json5:11:11 namespaces[0].name", "hub.json5:12:3 namespaces[1]",
        "hub.json5:12:16 namespaces[1].anonymous",
      ])
    #expect(reading.settings.keys == [])
  }

  @Test func `names, kids and keys that stand there twice are an error`() {
    let key = "name: 'a', sha256: '\(Self.digest)', scopes: ['read']"
    let token = "kid: 'a', algorithm: 'HS256', secretFile: 'secret'"
    let reading = readSettings(
      file: "{ keys: [{ \(key) }, { \(key) }], tokens: { keys: [{ \(token) }, { \(token) }] } }")
    #expect(reading.problems.map(\.key) == ["keys[1].name", "keys[1].sha256", "tokens.keys[1].kid"])
  }

  @Test(arguments: [
    ("news", "news", true), ("news*", "news*", true), ("news*", "news", false), ("*", "x", false),
    ("a*", "ab*", false), ("news", "new", false),
  ])
  func `a namespace that stands there twice is an error, and one that covers another is not`(
    left: String, right: String, isWrong: Bool
  ) {
    for (first, second) in [(left, right), (right, left)] {
      let reading = readSettings(file: "{ namespaces: [{ name: '\(first)' }, { name: '\(second)' }] }")
      #expect(reading.problems.map(\.key) == (isWrong ? ["namespaces[1].name"] : []))
    }
  }

  @Test func `flags and variables take JSON5, several flags add`() {
    let flags = readSettings(["--namespaces", "{name:'a'}", "--namespaces", "[{name:'b'},{name:'c'}]"])
    #expect(flags.problems == [])
    #expect(flags.settings.namespaces.map(\.name.text) == ["a", "b", "c"])
    let variable = readSettings([], ["ROOMCAST_NAMESPACES": "[ {name:'a'}, ] // both"])
    #expect(variable.problems == [])
    #expect(variable.settings.namespaces.map(\.name.text) == ["a"])
    #expect(readSettings(["--namespaces", "news"]).problems.map(\.key) == ["namespaces"])
    #expect(readSettings(["--namespaces", "{name:'a'"]).problems.map(\.key) == ["namespaces"])
  }

  @Test func `a secret is taken from the file alone, and shown nowhere`() {
    let secret = "S3CRETS3CRETS3CRETS3CRETS3CRETS3"
    let object = "{ algorithm: 'HS256', secret: '\(secret)' }"
    let right = readSettings(file: "{ tokens: { keys: [\(object)] } }")
    let readings = [
      right, readSettings(["--tokens-keys", object]), readSettings([], ["ROOMCAST_TOKENS_KEYS": object]),
      readSettings(["--tokens-keys", object.replacing("'S", with: "S")]),
      readSettings(file: "{ tokens: { keys: [{ algorithm: 'HS256', secret: \(secret) }] } }"),
      readSettings(file: "{ tokens: { keys: '\(secret)' } }"),
      readSettings(file: "{ tokens: { keys: ['\(secret)'] } }"),
      readSettings(file: "{ tokens: { keys: [{ algorithm: 'HS256', secret: ['\(secret)'] }] } }"),
      readSettings(file: "{ tokens: { keys: [{ algorithm: 'HS256', secert: '\(secret)' }] } }"),
      readSettings(file: "{ keys: [{ name: 'a', scopes: ['read'], sha256: 'rc_\(secret)' }] }"),
    ]
    #expect(right.problems == [])
    for (index, reading) in readings.enumerated() {
      #expect(index == 0 || !reading.problems.isEmpty)
      let shown =
        SettingsReport.json(reading) + SettingsReport.table(reading) + "\(reading)"
        + reading.problems.map(\.description).joined()
      #expect(!shown.contains("S3CRET"), "\(index)")
    }
    #expect(SettingsReport.table(right).contains(#"{"algorithm":"HS256","secret":"(hidden)"}"#))
  }

  @Test func `keys that cannot be used are told like any mistake`() {
    let reading = readSettings(
      file: "{ tokens: {\nkeys: [{ algorithm: 'HS256', secret: 'short' }],\njwks: 'secret' } }")
    #expect(reading.problems.map(\.key) == ["tokens.keys[0].secret", "tokens.jwks"])
    #expect(reading.problems.map(\.origin.description) == ["hub.json5:2:7", "hub.json5:3:7"])
  }

  @Test func `files of secrets that others can read are a warning`() throws {
    let name = "/tmp/roomcast-\(ConnectionID.random())"
    let descriptor = open(name, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    defer { unlink(name) }
    let text = "{tokens:{keys:[{algorithm:'HS256',secret:'0123456789abcdef0123456789abcdef'}]}}"
    #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    for (mode, isWarned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)] {
      chmod(name, mode_t(mode))
      #expect(SecretFile.isReadableByOthers(name) == isWarned)
      let reading = SettingsReader.read(arguments: ["--settings", name], environment: [:])
      #expect(reading.problems == [])
      #expect(reading.warnings.map(\.mend) == (isWarned ? ["chmod 600 \(name)"] : []))
    }
    #expect(!SecretFile.isReadableByOthers("/nowhere"))
    #expect(SecretFile.mend("a b'c") == #"chmod 600 'a b'\''c'"#)
  }

  @Test func `the clients' variables are no settings`() {
    let reading = SettingsReader.read(
      arguments: [], environment: ["ROOMCAST_TOKEN": "rc_x", "ROOMCAST_URL": "http://localhost"])
    #expect(reading.problems == [])
  }
}
