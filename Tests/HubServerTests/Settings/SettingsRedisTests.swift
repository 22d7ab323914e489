import HubRooms
import HubWire
import Testing

@testable import HubServer

@Suite struct SettingsRedisTests {
  @Test(arguments: [
    ("redis://a", RedisAddress(host: "a")),
    ("rediss://a.example:7000", RedisAddress(host: "a.example", port: 7000, isEncrypted: true)),
    ("redis://[::1]:6380/2", RedisAddress(host: "::1", port: 6380, database: 2)),
    ("redis://[::1]", RedisAddress(host: "::1")),
    ("redis://a/", RedisAddress(host: "a")),
    ("redis://app@a", RedisAddress(host: "a", user: "app")),
    ("redis://app:s3cret@a/1", RedisAddress(host: "a", database: 1, user: "app", password: HiddenText("s3cret"))),
    ("redis://:s3cret@a", RedisAddress(host: "a", password: HiddenText("s3cret"))),
    ("redis://a%40b:c%2C%3a%25d@a", RedisAddress(host: "a", user: "a@b", password: HiddenText("c,:%d"))),
    ("redis://app:p/@w@a:1", RedisAddress(host: "a", port: 1, user: "app", password: HiddenText("p/@w"))),
  ])
  func `an address is read`(text: String, address: RedisAddress) {
    let reading = readSettings([], ["ROOMCAST_ENGINE": text])
    #expect(reading.problems == [] && reading.warnings == [])
    #expect(reading.settings.engine == .redis([address]))
  }

  @Test func `an address is shown without its password, and can be read again but for that`() throws {
    let address = RedisAddress(host: "::1", database: 3, user: "a@b", password: HiddenText("s3cret"), isEncrypted: true)
    #expect(address.description == "rediss://a%40b:(hidden)@[::1]:6379/3")
    #expect(!"\(EngineAddress.redis([address]))".contains("s3cret"))
    var open = address
    open.password = nil
    #expect(try RedisAddress(open.description[...]) == open)
    let reading = readSettings([], ["ROOMCAST_ENGINE": "redis://x:s3cret@a"])
    for report in [SettingsReport.table(reading), SettingsReport.json(reading), "\(reading)", "\(reading.settings)"] {
      #expect(!report.contains("s3cret"))
    }
  }

  @Test func `several addresses have commas between them`() {
    let reading = readSettings(["--engine", "redis://a, redis://b:1"])
    #expect(reading.problems == [])
    #expect(
      reading.settings.engine == .redis([RedisAddress(host: "a"), RedisAddress(host: "b", port: 1)]))
  }

  @Test(arguments: [
    ("redis:", "an address does not begin with redis:// or rediss://"),
    ("redis://", "an address names no host"),
    ("redis://u:s3cret@", "an address names no host"),
    ("redis://u:s3cret@a:x", "the port is not a number from 1 to 65535"),
    ("redis://u:s3cret@a:0", "the port is not a number from 1 to 65535"),
    ("redis://u:s3cret@[::1]x", "an address names no host"),
    ("redis://u:s3cret@a/x", "what follows the host is no number of a database"),
    ("redis://u:s3cret@a,b", "an address does not begin with redis:// or rediss://"),
    ("redis://u:s3cret%@a", "the password is empty, or has an escape that is none; % is written %25"),
    ("redis://u:@a", "the password is empty, or has an escape that is none; % is written %25"),
    ("redis://s3cret%:u@a", "the user has an escape that is none; % is written %25"),
    ("reds://u:s3cret@a", "this is not an engine"),
  ])
  func `what is wrong with an address is told without its password`(text: String, message: String) {
    for reading in [readSettings(["--engine", text]), readSettings(file: "{engine:'\(text)'}")] {
      #expect(reading.problems.map(\.message) == [message])
      #expect(!"\(reading.problems)".contains("s3cret"))
    }
  }

  @Test func `an address without its flag is not repeated`() {
    #expect(!"\(readSettings(["redis://u:s3cret@a"]).problems)".contains("s3cret"))
  }

  @Test func `a password on the command line draws a warning, in a variable it draws none`() {
    let warnings = readSettings(["--engine", "redis://u:s3cret@a"]).warnings
    #expect(warnings.count == 1 && warnings[0].message.contains("list of processes"))
    #expect(warnings[0].mend.contains("redis.passwordFile") && !"\(warnings)".contains("s3cret"))
    #expect(readSettings(["--engine", "redis://u@a", "--redis-password-file", "secret"]).warnings == [])
  }

  @Test func `user and password of the settings are for addresses that have none`() throws {
    let reading = readSettings([
      "--engine", "redis://a,redis://b:s3cret@b", "--redis-user", "app", "--redis-password-file", "secret",
    ])
    #expect(reading.problems == [])
    let servers = try reading.settings.redisServers { _ in Array("from the file\n".utf8) }
    #expect(servers.map(\.user) == ["app", "b"])
    #expect(servers.map(\.password?.revealed) == ["from the file", "s3cret"])
    #expect(try Settings(machine: fixedMachine).redisServers().isEmpty)
  }

  @Test(arguments: [
    (["--engine=redis://a", "--redis-fallback=journal"], "redis.fallback: the fallback journal has no directory"),
    (["--engine=redis://a", "--redis-cluster", "--redis-sentinel=m"], "redis.cluster: a Redis Cluster elects"),
    (["--engine=redis://a,redis://b,redis://a:6379/1"], "engine: a:6379 is named twice"),
    (["--engine=redis://a/1", "--redis-cluster"], "redis.cluster: an address names a database"),
    (["--engine=redis://a/1,redis://b", "--redis-sentinel=m"], "engine: the addresses name several databases"),
    (["--engine=redis://a/1,redis://b"], "engine: the addresses name several databases"),
    (["--engine=redis://a,redis://b/1", "--redis-cluster"], "redis.cluster: an address names a database"),
    (["--engine=redis://a,rediss://b"], "engine: some addresses are encrypted and others are not"),
    (["--engine=rediss://a,redis://b", "--redis-cluster"], "engine: some addresses are encrypted"),
    (["--engine=rediss://a,redis://b", "--redis-sentinel=m"], "engine: some addresses are encrypted"),
    (["--engine=redis://a", "--redis-password-file=empty"], "redis.passwordFile: the file does not hold a password"),
    (["--redis-prefix=a:b"], "redis.prefix: \"a:b\" cannot begin the names of keys"),
    (["--redis-prefix="], "redis.prefix: \"\" cannot begin the names of keys"),
    (["--redis-sentinel=a b"], "redis.sentinel: \"a b\" is not a master's name"),
    (["--redis-user=a b"], "redis.user: \"a b\" is not a user of Redis"),
    (["--redis-lease=1s"], "redis.lease: \"1s\" is too small"),
  ])
  func `what does not fit together is told`(arguments: [String], problem: String) {
    let problems = readSettings(arguments).problems.map { "\($0.key ?? ""): \($0.message)" }
    #expect(problems.count == 1 && problems[0].hasPrefix(problem), "\(problems)")
  }

  @Test func `with every address its own password, the file's is too much`() {
    let problems = readSettings([], ["ROOMCAST_ENGINE": "redis://:x@a", "ROOMCAST_REDIS_PASSWORD_FILE": "secret"])
      .problems
    #expect(problems.map(\.key) == ["redis.passwordFile"])
  }

  @Test func `what another engine does not use is not looked at`() {
    #expect(readSettings(["--redis-fallback=journal", "--redis-password-file=empty"]).problems == [])
  }

  @Test func `the library has no Redis of its own`() {
    var settings = Settings(machine: fixedMachine)
    settings.engine = .redis([RedisAddress(host: "a", password: HiddenText("s3cret"))])
    let error = #expect(throws: HubStartError.self) {
      try Hub(settings: settings, log: Log(level: .error, style: .json))
    }
    #expect(error?.description.contains("redis://:(hidden)@a:6379") == true)
  }

  @Test func `a namespace keeps in Redis what it says, and memory no more than its own bounds`() throws {
    var namespace = NamespaceSettings(name: try RoomPattern("a"))
    namespace.history.events = 5_000
    let book = try NamespaceBook.of([namespace]) { settings in
      settings.engine = .redis([RedisAddress(host: "a")])
      settings.history.room.events = 1_000
      settings.redis.room.events = 9_000
      settings.redis.room.age = .seconds(600)
      settings.redis.room.bytes = 1 << 25
    }
    #expect(try book.rules(for: RoomName("a:1")).stored == HistoryLimit(events: 5_000, age: 600_000, bytes: 1 << 25))
    #expect(try book.rules(for: RoomName("a:1")).history.events == 1_000)
    #expect(try book.rules(for: RoomName("b")).stored == HistoryLimit(events: 9_000, age: 600_000, bytes: 1 << 25))
  }
}
