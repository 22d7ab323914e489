import HubWire

extension SettingsKey {
  /// Every setting there is, in the order in which it is shown.
  package static let table: [SettingsKey] =
    listening + encryption + admission + credentials + webhooks + observing + requests + clients + limits + keeping
    + redis

  private static let seconds = Duration.seconds(1)...Duration.seconds(3_600)
  private static let days = Duration.seconds(1)...Duration.seconds(365 * 86_400)
  private static let many = 1...100_000_000

  private static let listening: [SettingsKey] = [
    SettingsKey("engine", \.engine, .engine, "where events and positions live"),
    SettingsKey("host", \.host, .host, "address or name to listen on"),
    SettingsKey("port", \.port, .count(0...65_535), "TCP port; 0 takes a free one"),
    SettingsKey("reactors", \.reactors, .count(1...1_024), "threads that serve connections; one a core"),
    SettingsKey("connections", \.connections, .count(many), "connections in all; what the descriptors allow"),
    SettingsKey("rooms", \.rooms, .count(many), "rooms in memory in all"),
    SettingsKey("user", \.user, .user, "user to become after the start, if started as root"),
    SettingsKey(
      "drain", \.drain, .duration(.zero ... .seconds(3_600)), "time to send connections elsewhere before the end"),
  ]

  private static let encryption: [SettingsKey] = [
    SettingsKey(
      "tls.certificates", \.tls.certificates, .certificates, "certificates and keys in PEM form; none: plain"),
    SettingsKey(
      "tls.minimum", \.tls.minimum, .choice(TLSVersion.allCases.map { ($0.rawValue, $0) }, of: "VERSION"),
      "oldest version of TLS: 1.2, 1.3"),
    SettingsKey(
      "tls.clientAuthorities", \.tls.clientAuthorities, .file, "authorities whose client certificates are believed"),
    SettingsKey("tls.handshakes", \.tls.handshakes, .count(1...1_000_000), "most TLS handshakes under way at once"),
  ]

  private static let admission: [SettingsKey] = [
    SettingsKey("insecure", \.insecure, .flag, "let anyone in, from other machines too"),
    SettingsKey("allow.origins", \.allow.origins, .origins, "origins whose web pages may use the hub"),
    SettingsKey("allow.hosts", \.allow.hosts, .hosts, "names by which the open hub on loopback may be called"),
    SettingsKey("proxies.trusted", \.proxies.trusted, .networks, "proxies that are believed about who the client is"),
    SettingsKey(
      "proxies.field", \.proxies.field, .choice(ForwardedField.allCases.map { ($0.rawValue, $0) }, of: "FIELD"),
      "field in which they name it: x-forwarded-for, forwarded"),
    SettingsKey(
      "proxies.protocol", \.proxies.protocol, .flag, "those begin each connection with a PROXY protocol header"),
  ]

  private static let credentials: [SettingsKey] = [
    SettingsKey("keys", \.keys, .apiKeys, "API keys of backend services, each with name, sha256, scopes and rooms"),
    SettingsKey("tokens.keys", \.tokens.keys, .tokenKeys, "keys that sign tokens, each with algorithm and file"),
    SettingsKey("tokens.jwks", \.tokens.jwks, .file, "file with such keys, as a JSON Web Key Set"),
    SettingsKey("tokens.audience", \.tokens.audience, .claimTexts, "of which a token's aud must name one"),
    SettingsKey("tokens.issuer", \.tokens.issuer, .claimTexts, "of which a token's iss must be one"),
    SettingsKey("tokens.leeway", \.tokens.leeway, .duration(.zero ... .seconds(3_600)), "how far clocks may be apart"),
    SettingsKey(
      "tokens.grace", \.tokens.grace, .duration(.zero ... .seconds(3_600)), "time to refresh an expired token"),
    SettingsKey(
      "namespaces", \.namespaces, .namespaces, "rules for namespaces, each with name and what is not the default"),
  ]

  private static let observing: [SettingsKey] = [
    SettingsKey(
      "log.level", \.log.level, .choice(LogLevel.allCases.map { ($0.name, $0) }, of: "LEVEL"),
      "least serious lines to write: debug, info, warning, error"),
    SettingsKey(
      "log.format", \.log.format, .choice(LogFormat.allCases.map { ($0.rawValue, $0) }, of: "FORMAT"),
      "form of a line: auto, text, json"),
    SettingsKey(
      "metrics.address", \.metrics.address, .listenAddress,
      "address and port of a listener for /metrics, /health and /ready alone; none: /metrics is on the hub's own"),
    SettingsKey("trace.events", \.trace.events, .flag, "put the trace of the publishing call into each event"),
    SettingsKey("console.off", \.console.off, .flag, "serve no console page at /"),
    SettingsKey("debug.echo", \.debug.echo, .flag, "mount a WebSocket echo at /debug/echo"),
  ]

  private static let requests: [SettingsKey] = [
    SettingsKey("handshake", \.handshake, .duration(seconds), "time for a TLS handshake, and for the first `auth`"),
    SettingsKey("headers.bytes", \.headers.bytes, .size(1 << 10...1 << 20), "largest head of a request"),
    SettingsKey("headers.fields", \.headers.fields, .count(1...10_000), "most header fields of a request"),
    SettingsKey("headers.time", \.headers.time, .duration(seconds), "time for the head of a request"),
    SettingsKey("keepAlive", \.keepAlive, .duration(seconds), "silence before an idle HTTP connection is closed"),
    SettingsKey("body.bytes", \.body.bytes, .size(1...1 << 30), "largest published body"),
    SettingsKey("body.time", \.body.time, .duration(seconds), "time for a body; for NDJSON without progress"),
    SettingsKey("body.envelopes", \.body.envelopes, .count(1...1_000), "most envelopes in one JSON array"),
  ]

  private static let clients: [SettingsKey] = [
    SettingsKey("client.messageBytes", \.client.messageBytes, .size(128...1 << 30), "largest message from a client"),
    SettingsKey("client.rooms", \.client.rooms, .count(1...1_000_000), "most rooms of one connection"),
    SettingsKey("ping", \.ping, .duration(seconds), "silence before a client is pinged"),
    SettingsKey("pong", \.pong, .duration(seconds), "time a pinged client has to show life"),
    SettingsKey("outbox.frames", \.outbox.frames, .count(1...1_000_000), "most frames waiting for one client"),
    SettingsKey("outbox.bytes", \.outbox.bytes, .size(1...1 << 30), "most bytes waiting for one client"),
  ]

  private static let limits: [SettingsKey] = [
    SettingsKey(
      "limits.address.connections", \.limits.address.connections, .count(0...100_000_000),
      "most connections of one address; 0 is off"),
    SettingsKey(
      "limits.user.connections", \.limits.user.connections, .count(0...100_000_000),
      "most connections of one user; 0 is off"),
    SettingsKey(
      "limits.handshakes", \.limits.handshakes, .count(0...100_000_000), "new connections a second in all; 0 is off"),
    SettingsKey(
      "limits.messages", \.limits.messages, .count(0...100_000_000), "messages a second from one client; 0 is off"),
    SettingsKey("limits.bytes", \.limits.bytes, .size(0...1 << 30), "bytes a second from one client; 0 is off"),
    SettingsKey(
      "limits.publishes", \.limits.publishes, .count(0...100_000_000),
      "events a second published by one key or user; 0 is off"),
    SettingsKey("limits.roomName", \.limits.roomName, .count(1...200), "bytes of a room's name"),
    SettingsKey("limits.eventName", \.limits.eventName, .count(1...200), "bytes of an event's name"),
  ]

  private static let keeping: [SettingsKey] = [
    SettingsKey("history.room.events", \.history.room.events, .count(many), "most events a room keeps"),
    SettingsKey("history.room.age", \.history.room.age, .duration(days), "longest a room keeps an event"),
    SettingsKey("history.room.bytes", \.history.room.bytes, .size(1 << 10...1 << 40), "most bytes a room keeps"),
    SettingsKey("history.node.bytes", \.history.node.bytes, .size(1 << 10...1 << 40), "most bytes all rooms keep"),
    SettingsKey("disk.room.events", \.disk.room.events, .count(many), "most events a room keeps on disk"),
    SettingsKey(
      "disk.room.age", \.disk.room.age, .duration(seconds.lowerBound ... .seconds(3_650 * 86_400)),
      "longest a room keeps an event on disk"),
    SettingsKey("disk.room.bytes", \.disk.room.bytes, .size(1 << 10...1 << 40), "most bytes a room keeps on disk"),
    SettingsKey("disk.bytes", \.disk.bytes, .size(1 << 20...1 << 50), "most bytes the store uses"),
    SettingsKey("disk.time", \.disk.time, .duration(seconds), "time in which the store must answer"),
    SettingsKey("disk.queue.events", \.disk.queue.events, .count(1...1_000_000), "most events waiting to be written"),
    SettingsKey("disk.queue.bytes", \.disk.queue.bytes, .size(1 << 10...1 << 30), "most bytes waiting to be written"),
    SettingsKey("idempotency.time", \.idempotency.time, .duration(days), "how long an idempotency key is known"),
    SettingsKey("idempotency.keys", \.idempotency.keys, .count(many), "most idempotency keys known"),
    SettingsKey(
      "presence.lease", \.presence.lease, .duration(seconds), "time until a member is gone that is not renewed"),
    SettingsKey(
      "presence.leave", \.presence.leave, .duration(.zero ... .seconds(3_600)), "how long a leave is held back"),
    SettingsKey(
      "presence.infoBytes", \.presence.infoBytes, .size(2...64 << 10), "most that a member tells about itself"),
    SettingsKey("presence.snapshot", \.presence.snapshot, .count(0...10_000), "members told of in `subscribed`"),
    SettingsKey("remember.time", \.remember.time, .duration(days), "how long an empty room's offset is remembered"),
    SettingsKey("remember.rooms", \.remember.rooms, .count(many), "most empty rooms remembered"),
  ]
}
