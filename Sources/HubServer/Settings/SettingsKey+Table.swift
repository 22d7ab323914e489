extension SettingsKey {
  /// Every setting there is, in the order in which it is shown.
  package static let table: [SettingsKey] = listening + admission + observing + requests + clients + keeping

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
    SettingsKey(
      "drain", \.drain, .duration(.zero ... .seconds(3_600)), "time to send connections elsewhere before the end"),
  ]

  private static let admission: [SettingsKey] = [
    SettingsKey("insecure", \.insecure, .flag, "let anyone in, from other machines too"),
    SettingsKey("allow.origins", \.allow.origins, .origins, "origins whose web pages may use the hub"),
    SettingsKey("allow.hosts", \.allow.hosts, .hosts, "names by which the open hub on loopback may be called"),
  ]

  private static let observing: [SettingsKey] = [
    SettingsKey(
      "log.level", \.log.level, .choice(LogLevel.allCases.map { ($0.name, $0) }, of: "LEVEL"),
      "least serious lines to write: debug, info, warning, error"),
    SettingsKey(
      "log.format", \.log.format, .choice(LogFormat.allCases.map { ($0.rawValue, $0) }, of: "FORMAT"),
      "form of a line: auto, text, json"),
    SettingsKey("trace.events", \.trace.events, .flag, "put the trace of the publishing call into each event"),
    SettingsKey("debug.echo", \.debug.echo, .flag, "mount a WebSocket echo at /debug/echo"),
  ]

  private static let requests: [SettingsKey] = [
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

  private static let keeping: [SettingsKey] = [
    SettingsKey("history.room.events", \.history.room.events, .count(many), "most events a room keeps"),
    SettingsKey("history.room.age", \.history.room.age, .duration(days), "longest a room keeps an event"),
    SettingsKey("history.room.bytes", \.history.room.bytes, .size(1 << 10...1 << 40), "most bytes a room keeps"),
    SettingsKey("history.node.bytes", \.history.node.bytes, .size(1 << 10...1 << 40), "most bytes all rooms keep"),
    SettingsKey("idempotency.time", \.idempotency.time, .duration(days), "how long an idempotency key is known"),
    SettingsKey("idempotency.keys", \.idempotency.keys, .count(many), "most idempotency keys known"),
    SettingsKey("remember.time", \.remember.time, .duration(days), "how long an empty room's offset is remembered"),
    SettingsKey("remember.rooms", \.remember.rooms, .count(many), "most empty rooms remembered"),
  ]
}
