import Testing

@testable import HubServer

@Suite struct SettingsKeyTests {
  @Test func `flags and variables follow from paths and are all different`() {
    #expect(SettingsKey.named("history.room.events").flag == "--history-room-events")
    #expect(SettingsKey.named("history.room.events").variable == "ROOMCAST_HISTORY_ROOM_EVENTS")
    #expect(SettingsKey.named("keepAlive").flag == "--keep-alive")
    #expect(SettingsKey.named("client.messageBytes").variable == "ROOMCAST_CLIENT_MESSAGE_BYTES")
    #expect(Set(SettingsKey.table.map(\.path)).count == SettingsKey.table.count)
    #expect(Set(SettingsKey.table.map(\.flag)).count == SettingsKey.table.count)
    #expect(Set(SettingsKey.table.map(\.variable)).count == SettingsKey.table.count)
  }

  @Test func `the table has every setting that the samples try`() {
    #expect(Set(settingsSamples.keys) == Set(SettingsKey.table.map(\.path)))
  }

  /// The table of the public interface, section 5.
  @Test(arguments: [
    ("engine", "memory:"), ("host", "127.0.0.1"), ("port", "8080"), ("reactors", "6"), ("connections", "10000"),
    ("ping", "25s"), ("pong", "10s"), ("headers.bytes", "32KiB"), ("headers.fields", "100"), ("headers.time", "10s"),
    ("keepAlive", "1m"), ("body.time", "30s"), ("body.bytes", "1MiB"), ("client.messageBytes", "64KiB"),
    ("client.rooms", "128"), ("rooms", "1000000"), ("history.room.events", "1000"), ("history.room.age", "5m"),
    ("history.room.bytes", "16MiB"), ("history.node.bytes", "256MiB"), ("outbox.frames", "256"),
    ("outbox.bytes", "1MiB"), ("idempotency.time", "5m"), ("remember.time", "24h"), ("drain", "15s"),
    ("body.envelopes", "1000"), ("trace.events", "false"), ("debug.echo", "false"), ("console.off", "false"),
    ("insecure", "false"),
    ("log.level", "info"), ("log.format", "auto"), ("keys", ""), ("tokens.keys", ""), ("tokens.leeway", "1m"),
    ("tokens.grace", "25s"), ("proxies.trusted", ""), ("proxies.protocol", "false"),
    ("proxies.field", "x-forwarded-for"), ("tls.certificates", ""),
    ("tls.minimum", "1.2"), ("tls.clientAuthorities", ""), ("tls.handshakes", "1000"),
    ("disk.room.events", "100000"), ("disk.room.age", "168h"), ("disk.room.bytes", "1GiB"), ("disk.bytes", "16GiB"),
    ("metrics.address", ""), ("disk.time", "10s"), ("disk.queue.events", "16384"), ("disk.queue.bytes", "64MiB"),
    ("webhooks.targets", ""), ("webhooks.batch.events", "100"), ("webhooks.batch.time", "100ms"),
    ("webhooks.queue.events", "10000"), ("webhooks.queue.bytes", "16MiB"), ("webhooks.retry", "1h"),
    ("webhooks.time", "10s"), ("webhooks.connect.time", "2s"), ("webhooks.connect.cache", "0s"),
    ("webhooks.connect.away", "refuse"), ("redis.prefix", "roomcast"), ("redis.user", ""), ("redis.cluster", "false"),
    ("redis.sentinel", ""), ("redis.room.events", "10000"), ("redis.room.age", "24h"), ("redis.room.bytes", "64MiB"),
    ("redis.time", "3s"), ("redis.queue.events", "16384"), ("redis.queue.bytes", "64MiB"), ("redis.lease", "10s"),
    ("redis.fallback", "refuse"), ("redis.journal.directory", ""), ("redis.journal.events", "100000"),
    ("redis.journal.bytes", "256MiB"),
  ])
  func `defaults are the documented ones`(path: String, shown: String) {
    #expect(SettingsKey.named(path).text(in: Settings(machine: fixedMachine)) == shown)
  }

  @Test func `no default is out of its own bounds`() {
    let settings = Settings(machine: fixedMachine)
    for key in SettingsKey.table {
      #expect(readSettings([key.flag + "=" + key.text(in: settings)]).problems == [])
    }
  }

  @Test func `a setting writes its own property and no other`() {
    for key in SettingsKey.table {
      let settings = readSettings([key.flag + "=" + settingsSamples[key.path]!.input]).settings
      for other in SettingsKey.table {
        let isDefault = other.text(in: settings) == other.text(in: Settings(machine: fixedMachine))
        #expect(isDefault == (other.path != key.path), "\(key.path) and \(other.path)")
      }
    }
  }
}
