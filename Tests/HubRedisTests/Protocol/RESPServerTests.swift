import HubTesting
import HubWire
import Testing

/// What a real server says is read as what it was asked for.
@Suite struct RESPServerTests {
  private func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

  @Test func `Every kind of value, in version 3`() throws {
    let server = try RedisServer(["--enable-debug-command", "yes"])
    let caller = try RedisCaller(port: server.port)
    let numbers: [RESPValue] = [.integer(0), .integer(1), .integer(2)]
    let wanted: [(RESPArgument, RESPValue)] = [
      ("string", bulk("Hello World")), ("integer", .integer(12_345)), ("double", .double(3.141)), ("null", .null),
      ("array", .array(numbers)), ("set", .set(numbers)),
      ("map", .map([.integer(0), .boolean(false), .integer(1), .boolean(true), .integer(2), .boolean(false)])),
      ("attrib", bulk("Some real reply following the attribute")),
      ("push", bulk("Some real reply following the push reply")),
      ("verbatim", bulk("This is a verbatim\nstring")),
      ("bignum", .bigNumber("1234567999999999999999999999999999999")), ("true", .boolean(true)),
      ("false", .boolean(false)),
    ]
    try caller.send(wanted.map { RESPCommand("DEBUG", "PROTOCOL", $0.0) })
    for (_, value) in wanted { #expect(try caller.receive() == value) }
    #expect(try caller.nextPush() == .push([bulk("server-cpu-usage"), .integer(42)]))
    #expect(try caller.call("NO-SUCH-COMMAND").error?.hasPrefix("ERR unknown command") == true)
  }

  @Test func `Every kind of value, in version 2`() throws {
    let server = try RedisServer(["--enable-debug-command", "yes"])
    let caller = try RedisCaller(port: server.port, version: 2)
    let numbers: [RESPValue] = [.integer(0), .integer(1), .integer(2)]
    let wanted: [(RESPArgument, RESPValue)] = [
      ("string", bulk("Hello World")), ("integer", .integer(12_345)), ("double", bulk("3.141")), ("null", .null),
      ("array", .array(numbers)), ("set", .array(numbers)),
      ("map", .array([.integer(0), .integer(0), .integer(1), .integer(1), .integer(2), .integer(0)])),
      ("attrib", bulk("Some real reply following the attribute")),
      ("push", .error("ERR RESP2 is not supported by this command")),
      ("verbatim", bulk("This is a verbatim\nstring")), ("bignum", bulk("1234567999999999999999999999999999999")),
      ("true", .integer(1)), ("false", .integer(0)),
    ]
    try caller.send(wanted.map { RESPCommand("DEBUG", "PROTOCOL", $0.0) })
    for (_, value) in wanted { #expect(try caller.receive() == value) }
  }

  @Test(arguments: [2, 3])
  func `What a script answers, however it is nested`(version: Int) throws {
    let server = try RedisServer()
    let caller = try RedisCaller(port: server.port, version: version)
    for seed in Seeds.run(300) {
      var dice = SeededRandom(seed: seed)
      let values = (0..<4).map { _ in RandomLua(using: &dice) }
      try caller.send(values.map { RESPCommand("EVAL", .text("return \($0.source)"), 0) })
      for value in values {
        let answer = try caller.receive()
        #expect(answer == (version == 2 ? value.old : value.new), "seed \(seed), \(value.source)")
      }
    }
  }

  @Test(arguments: [2, 3])
  func `Strings of all bytes and lengths come back as they were`(version: Int) throws {
    let server = try RedisServer(["--appendonly", "no"])
    let caller = try RedisCaller(port: server.port, version: version)
    var dice = SeededRandom(seed: 1)
    for count in [0, 1, 15, 16, 255, 256, 65_535, 65_536, 65_537, 1_000_003, 16 << 20] {
      let start = UInt8(dice.next() & 0xFF)
      let value = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ start }
      #expect(try caller.call("SET", "key", .bytes(value)) == .simple("OK"))
      #expect(try caller.call("GET", "key") == .bulk(value))
    }
    #expect(try caller.call("GET", "absent") == .null)
    #expect(try caller.call("BLPOP", "absent", .text("0.001")) == .null)
  }

  @Test func `Messages stand between answers`() throws {
    let server = try RedisServer()
    let subscriber = try RedisCaller(port: server.port)
    let publisher = try RedisCaller(port: server.port)
    try subscriber.send([RESPCommand("SSUBSCRIBE", "room"), RESPCommand("PING")])
    #expect(try subscriber.receive() == .simple("PONG"))
    #expect(try subscriber.nextPush() == .push([bulk("ssubscribe"), bulk("room"), .integer(1)]))
    var dice = SeededRandom(seed: 2)
    for _ in 0..<200 {
      let payload = (0..<dice.number(in: 0...300)).map { _ in UInt8(dice.next() & 0xFF) }
      #expect(try publisher.call("SPUBLISH", "room", .bytes(payload)) == .integer(1))
      #expect(try subscriber.call("ECHO", .bytes(payload)) == .bulk(payload))
      #expect(try subscriber.nextPush() == .push([bulk("smessage"), bulk("room"), .bulk(payload)]))
    }
    try subscriber.send([RESPCommand("SUNSUBSCRIBE")])
    #expect(try subscriber.nextPush() == .push([bulk("sunsubscribe"), bulk("room"), .integer(0)]))
  }
}
