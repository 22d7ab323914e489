import Testing

@testable import HubServer

@Suite struct SettingsReaderTests {
  @Test func `nothing set gives the defaults of the machine`() {
    let reading = readSettings()
    #expect(reading.settings == Settings(machine: fixedMachine))
    #expect(reading.problems == [])
    #expect(SettingsKey.table.allSatisfy { reading.origin(of: $0.path) == .builtIn })
  }

  @Test(arguments: SettingsKey.table.map(\.path))
  func `each setting can be set by flag, variable and file`(path: String) {
    let key = SettingsKey.named(path)
    let (input, shown) = settingsSamples[path]!
    // In the file, counts are numbers and switches are booleans; times and sizes may be numbers.
    let text = input.hasPrefix("{") ? "[\(input)]" : "'\(input)'"
    let value = key.placeholder == nil ? "true" : Int(input) == nil ? text : input
    let column = key.file("").prefix { $0 != "}" }.count + 1
    let position = SourcePosition(line: 1, column: column)
    // What another setting needs to make sense.
    let needed =
      switch path {
      case "proxies.protocol": ["ROOMCAST_PROXIES_TRUSTED": "::1"]
      case "webhooks.connections", "webhooks.connect.target":
        ["ROOMCAST_WEBHOOKS_TARGETS": "{name:'\(input)',url:'http://a.example',secretFile:'secret'}"]
      default: [String: String]()
      }
    let sources: [(reading: SettingsReading, origin: SettingsOrigin)] = [
      (readSettings(key.placeholder == nil ? [key.flag] : [key.flag, input], needed), .argument(key.flag)),
      (readSettings(["\(key.flag)=\(input)"], needed), .argument(key.flag)),
      (readSettings([], [key.variable: input].merging(needed) { $1 }), .environment(variable: key.variable)),
      (readSettings([], needed, file: key.file(value)), .file(name: "hub.json5", position: position)),
    ]
    for (reading, origin) in sources {
      #expect(reading.problems == [])
      #expect(key.text(in: reading.settings) == shown)
      #expect(reading.origin(of: path) == origin)
    }
  }

  @Test func `flags beat the environment, which beats the file`() {
    let file = "{ ping: 1, pong: 1, drain: 1 }"
    let environment = ["ROOMCAST_PING": "2", "ROOMCAST_PONG": "2"]
    let reading = readSettings(["--ping", "3"], environment, file: file)
    #expect(reading.settings.ping == .seconds(3))
    #expect(reading.settings.pong == .seconds(2))
    #expect(reading.settings.drain == .seconds(1))
    #expect(reading.origin(of: "ping") == .argument("--ping"))
    #expect(reading.origin(of: "pong") == .environment(variable: "ROOMCAST_PONG"))
    #expect(reading.origin(of: "drain").description == "hub.json5:1:28")
  }

  @Test func `lists replace a weaker source's and a repeated flag adds`() {
    let reading = readSettings(["--allow-hosts", "a", "--allow-hosts=b,c"], file: "{ allow: { hosts: ['x'] } }")
    #expect(reading.settings.allow.hosts == ["a", "b", "c"])
    #expect(reading.problems == [])
  }

  @Test func `the file is named by flag or variable, and the flag wins`() {
    func port(_ arguments: [String], _ environment: [String: String]) -> Int {
      SettingsReader.read(arguments: arguments, environment: environment, machine: fixedMachine) { name in
        Array("{ port: \(name) }".utf8)
      }.settings.port
    }
    #expect(port(["--settings", "1"], [:]) == 1)
    #expect(port([], ["ROOMCAST_SETTINGS": "2"]) == 2)
    #expect(port(["--settings=1"], ["ROOMCAST_SETTINGS": "2"]) == 1)
  }

  @Test func `variables of others are left alone`() {
    #expect(readSettings([], ["HOME": "/", "PORT": "x", "XROOMCAST_PORT": "x"]).problems == [])
    let reading = SettingsReader.read(
      arguments: [], environment: ["ROOMCAST_URL": "x"], machine: fixedMachine, ignoring: ["ROOMCAST_URL"])
    #expect(reading.problems == [])
  }

  @Test func `a wrong value leaves the weaker source's in force`() {
    let reading = readSettings(["--port", "x"], file: "{ port: 9 }")
    #expect(reading.settings.port == 9)
    #expect(reading.problems.map(\.description).count == 1)
  }

  @Test func `a file is read from disk`() throws {
    #expect(try SettingsFile.bytes(of: "/dev/null") == [])
    #expect(try SettingsFile.bytes(of: "/dev/zero").count > JSON5Scanner.maximumBytes)
    #expect(throws: SettingsFileError.self) { try SettingsFile.bytes(of: "/dev/null/x") }
  }
}
