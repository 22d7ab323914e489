import HubWire
import Testing

@testable import HubServer

@Suite struct SettingsChangeTests {
  /// The settings with one of the samples.
  private static func settings(with key: SettingsKey) -> Settings {
    readSettings([key.flag + "=" + settingsSamples[key.path]!.input]).settings
  }

  private static let usual = Settings(machine: fixedMachine)

  @Test func `the same settings change nothing`() {
    let change = SettingsChange(from: Self.usual, to: Self.usual)
    #expect(change.changed == [] && change.waiting == [])
  }

  @Test func `each setting is taken over or waits, both ways, and no other with it`() {
    for key in SettingsKey.table {
      let read = Self.settings(with: key)
      for (running, read) in [(Self.usual, read), (read, Self.usual)] {
        let change = SettingsChange(from: running, to: read)
        #expect(change.changed == (key.isReloadable ? [key.path] : []), "\(key.path)")
        #expect(change.waiting == (key.isReloadable ? [] : [key.path]), "\(key.path)")
        let expected = key.isReloadable ? read : running
        for other in SettingsKey.table {
          #expect(other.text(in: change.settings) == other.text(in: expected), "\(other.path) after \(key.path)")
        }
      }
    }
  }

  @Test func `of several each goes its way, in the order of the table`() {
    let read = readSettings(["--ping", "7s", "--log-level", "debug", "--port", "1", "--limits-publishes", "3"]).settings
    let change = SettingsChange(from: Self.usual, to: read)
    #expect(change.changed == ["log.level", "limits.publishes"])
    #expect(change.waiting == ["port", "ping"])
    #expect(change.settings.ping == Self.usual.ping && change.settings.port == Self.usual.port)
    #expect(change.settings.log.level == .debug && change.settings.limits.publishes == 3)
  }

  @Test func `what a reload is for can be reloaded`() {
    let reloadable = Set(SettingsKey.table.filter(\.isReloadable).map(\.path))
    for path in [
      "keys", "tokens.keys", "tokens.jwks", "tokens.audience", "tokens.issuer", "tokens.leeway", "tokens.grace",
      "namespaces", "limits.user.connections", "limits.roomName", "tls.certificates", "allow.origins", "allow.hosts",
      "proxies.trusted", "log.level",
    ] { #expect(reloadable.contains(path), "\(path)") }
    for path in [
      "engine", "host", "port", "reactors", "connections", "user", "insecure", "log.format", "proxies.protocol",
    ] {
      #expect(!reloadable.contains(path), "\(path)")
    }
  }
}
