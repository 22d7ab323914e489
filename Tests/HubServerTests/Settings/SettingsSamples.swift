@testable import HubServer

/// A machine that is the same everywhere.
let fixedMachine = Machine(cores: 6, descriptors: 10_064)

func readSettings(
  _ arguments: [String] = [], _ environment: [String: String] = [:], file: String? = nil
) -> SettingsReading {
  SettingsReader.read(
    arguments: (file == nil ? [] : ["--settings", "hub.json5"]) + arguments, environment: environment,
    machine: fixedMachine, readFile: { Array((sampleFiles[$0] ?? file ?? "").utf8) })
}

/// Files that settings may name.
private let sampleFiles = [
  "secret": "0123456789abcdef0123456789abcdef\n",
  "keys.json": #"{"keys":[{"kty":"oct","kid":"k","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"#,
]

/// A value for each key, unlike its default, as a flag has it and as the report shows it.
let settingsSamples: [String: (input: String, shown: String)] = [
  "engine": ("disk:/data", "disk:/data"), "disk.room.events": ("6", "6"), "disk.room.age": ("30d", "720h"),
  "disk.room.bytes": ("2MiB", "2MiB"), "disk.bytes": ("2GiB", "2GiB"), "disk.time": ("20s", "20s"),
  "disk.queue.events": ("8", "8"), "disk.queue.bytes": ("1MiB", "1MiB"), "host": ("127.0.0.2", "127.0.0.2"),
  "port": ("0", "0"), "reactors": ("3", "3"),
  "connections": ("500", "500"), "drain": ("0", "0s"), "insecure": ("true", "true"),
  "allow.origins": ("https://*.Example.org, http://a:3000", "https://*.example.org,http://a:3000"),
  "allow.hosts": ("Hub.local,::1", "hub.local,[::1]"), "log.level": ("debug", "debug"), "log.format": ("json", "json"),
  "metrics.address": ("[::1]:9090", "[::1]:9090"), "trace.events": ("yes", "true"), "debug.echo": ("on", "true"),
  "console.off": ("yes", "true"),
  "headers.bytes": ("16KiB", "16KiB"),
  "headers.fields": ("7", "7"), "headers.time": ("1s", "1s"), "keepAlive": ("2m", "2m"), "body.bytes": ("2MiB", "2MiB"),
  "body.time": ("1h", "1h"), "body.envelopes": ("10", "10"), "client.messageBytes": ("1kB", "1000"),
  "client.rooms": ("4", "4"), "rooms": ("7", "7"), "ping": ("60", "1m"), "pong": ("90s", "90s"),
  "outbox.frames": ("1", "1"), "outbox.bytes": ("1", "1"), "history.room.events": ("5", "5"),
  "history.room.age": ("1d", "24h"), "history.room.bytes": ("1MB", "1000000"), "history.node.bytes": ("1GiB", "1GiB"),
  "idempotency.time": ("3s", "3s"), "idempotency.keys": ("9", "9"), "remember.time": ("48h", "48h"),
  "remember.rooms": ("2", "2"), "limits.address.connections": ("20", "20"), "limits.user.connections": ("5", "5"),
  "limits.handshakes": ("100", "100"), "limits.messages": ("30", "30"), "limits.bytes": ("64KiB", "64KiB"),
  "limits.publishes": ("50", "50"), "limits.roomName": ("64", "64"), "limits.eventName": ("1", "1"),
  "proxies.trusted": ("10.0.0.0/8, FD00::1", "10.0.0.0/8,fd00::1"), "proxies.protocol": ("on", "true"),
  "proxies.field": ("forwarded", "forwarded"),
  "handshake": ("5s", "5s"), "user": ("nobody", "nobody"),
  "keys": (
    "{name:'a',sha256:'\(String(repeating: "0F", count: 32))',scopes:['read','publish'],rooms:'a:*'}",
    #"{"name":"a","sha256":"\#(String(repeating: "0f", count: 32))","scopes":["publish","read"],"rooms":["a:*"]}"#
  ),
  "tokens.keys": (
    "{algorithm:'HS256',secretFile:'secret'},{algorithm:'HS256',kid:'a',secretFile:'secret'}",
    #"{"algorithm":"HS256","secretFile":"secret"},{"kid":"a","algorithm":"HS256","secretFile":"secret"}"#
  ),
  "tokens.jwks": ("keys.json", "keys.json"), "tokens.audience": ("hub, other", "hub,other"),
  "tokens.issuer": ("https://login.example.org", "https://login.example.org"), "tokens.leeway": ("5", "5s"),
  "tokens.grace": ("1m", "1m"),
  "presence.lease": ("90s", "90s"), "presence.leave": ("1s", "1s"), "presence.infoBytes": ("1KiB", "1KiB"),
  "presence.snapshot": ("7", "7"),
  "namespaces": ("{name:'news*',anonymous:true}", #"{"name":"news*","anonymous":true}"#),
  "webhooks.targets": (
    "{name:'a',url:'https://a.example/hooks',secretFile:'secret'}",
    #"{"name":"a","url":"https://a.example","secretFile":"secret"}"#
  ),
  "webhooks.batch.events": ("7", "7"), "webhooks.batch.time": ("1s", "1s"), "webhooks.queue.events": ("8", "8"),
  "webhooks.queue.bytes": ("1MiB", "1MiB"), "webhooks.retry": ("2h", "2h"), "webhooks.time": ("5s", "5s"),
  "webhooks.connections": ("a", "a"), "webhooks.connect.target": ("b", "b"), "webhooks.connect.time": ("1s", "1s"),
  "webhooks.connect.cache": ("1m", "1m"), "webhooks.connect.away": ("allow", "allow"), "webhooks.calls": ("3", "3"),
  "webhooks.waiting": ("4", "4"),
  "redis.prefix": ("hub.1", "hub.1"), "redis.user": ("app", "app"), "redis.passwordFile": ("secret", "secret"),
  "redis.authorities": ("ca.pem", "ca.pem"), "redis.cluster": ("on", "true"), "redis.sentinel": ("main", "main"),
  "redis.room.events": ("6", "6"), "redis.room.age": ("30d", "720h"), "redis.room.bytes": ("2MiB", "2MiB"),
  "redis.time": ("500ms", "500ms"), "redis.queue.events": ("8", "8"), "redis.queue.bytes": ("1MiB", "1MiB"),
  "redis.lease": ("2s", "2s"), "redis.fallback": ("local", "local"), "redis.journal.directory": ("/data", "/data"),
  "redis.journal.events": ("9", "9"), "redis.journal.bytes": ("1GiB", "1GiB"),
  "tls.certificates": ("a.pem:a.key, b.pem:b.key", "a.pem:a.key,b.pem:b.key"),
  "tls.minimum": ("1.3", "1.3"), "tls.clientAuthorities": ("ca.pem", "ca.pem"), "tls.handshakes": ("5", "5"),
]

extension SettingsKey {
  static func named(_ path: String) -> SettingsKey { table.first { $0.path == path }! }

  /// A settings file that holds this key alone, with a JSON5 text as its value.
  func file(_ value: String) -> String {
    let words = path.split(separator: ".")
    return "{" + words.map { "\($0):" }.joined(separator: "{") + value + String(repeating: "}", count: words.count)
  }
}
