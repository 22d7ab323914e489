import Testing

@testable import HubServer

@Suite struct SettingsProblemTests {
  private static let hostMend =
    "give an address or a name without a port, such as 127.0.0.1, ::1 or localhost"
  private static let originMend =
    "give origins such as https://app.example.org, http://localhost:3000 or https://*.example.org"
  private static let descriptorMend =
    "the most is 10000; raise the hard limit (ulimit -Hn, LimitNOFILE=) for more"
  private static let networkMend =
    "give addresses, or networks without bits behind their prefix, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8"
  private static let kubernetes =
    "Kubernetes set this for a service named roomcast; "
    + "set enableServiceLinks: false for the pod, or name the service otherwise"
  private static let insecureMend = SettingsMistake.openDoor("0.0.0.0").mend
  private static let engineMend =
    "there are memory: (in the process, the default), disk:DIRECTORY and redis://HOST:PORT"
  private static let timeMend =
    "give seconds, or a time such as 500ms, 25s, 5m or 24h"
  private static let nodeMend512 =
    "more than history.node.bytes lets all rooms keep, 256MiB; lower it to 256MiB or raise history.node.bytes"
  private static let nodeMend16 =
    "more than history.node.bytes lets all rooms keep, 1MiB; lower it to 1MiB or raise history.node.bytes"

  /// What is told about wrong settings, one line a problem.
  static func told(_ reading: SettingsReading) -> [String] { reading.problems.map(\.description) }

  @Test(arguments: [
    (
      "--engine disk:",
      "--engine: engine: \"disk:\" names no directory; give one, as in disk:/var/lib/roomcast"
    ),
    (
      "--engine redus://x",
      "--engine: engine: \"redus://x\" is not an engine; \(engineMend)"
    ),
    (
      "--engine memory",
      "--engine: engine: \"memory\" is not an engine; \(engineMend)"
    ),
    (
      "--host a:80",
      "--host: host: \"a:80\" is not a host; \(hostMend)"
    ),
    (
      "--host=",
      "--host: host: \"\" is not a host; \(hostMend)"
    ),
    ("--port 65536", "--port: port: \"65536\" is too large; the most is 65535"),
    ("--port -1", "--port: port: \"-1\" is not a whole number; give a whole number from 0 to 65535"),
    ("--port 1e3", "--port: port: \"1e3\" is not a whole number; give a whole number from 0 to 65535"),
    ("--reactors 0", "--reactors: reactors: \"0\" is too small; the least is 1"),
    ("--connections 0", "--connections: connections: \"0\" is too small; the least is 1"),
    (
      "--connections 10001",
      "--connections: connections: 10001 is more than the limit of open descriptors, 10064, allows; \(descriptorMend)"
    ),
    ("--headers-time 999ms", "--headers-time: headers.time: \"999ms\" is too small; the least is 1s"),
    ("--pong 0", "--pong: pong: \"0\" is too small; the least is 1s"),
    ("--ping 5x", "--ping: ping: \"5x\" is not a time; \(timeMend)"),
    ("--ping 1.5s", "--ping: ping: \"1.5s\" is not a time; \(timeMend)"),
    (
      "--ping 99999999999999999h",
      "--ping: ping: \"99999999999999999h\" is not a time; \(timeMend)"
    ),
    (
      "--body-bytes 1XB",
      "--body-bytes: body.bytes: \"1XB\" is not a size; give bytes, or a size such as 64KiB, 1MiB or 1MB"
    ),
    ("--body-bytes 2GiB", "--body-bytes: body.bytes: \"2GiB\" is too large; the most is 1GiB"),
    ("--outbox-frames 0", "--outbox-frames: outbox.frames: \"0\" is too small; the least is 1"),
    ("--insecure=maybe", "--insecure: insecure: \"maybe\" is neither true nor false; write true or false"),
    ("--log-level Info", "--log-level: log.level: \"Info\" is not known here; choose from debug, info, warning, error"),
    (
      "--allow-origins null",
      "--allow-origins: allow.origins: \"null\" is not valid; \(originMend)"
    ),
    (
      "--allow-hosts a,",
      "--allow-hosts: allow.hosts: \"\" is not valid; give host names without a port, such as hub.local"
    ),
    (
      "--history-room-bytes 512MiB",
      "--history-room-bytes: history.room.bytes: one room may keep 512MiB, \(nodeMend512)"
    ),
    (
      "--history-node-bytes 1MiB",
      "--history-node-bytes: history.room.bytes: one room may keep 16MiB, \(nodeMend16)"
    ),
    (
      "--host 0.0.0.0",
      "--host: host: 0.0.0.0 can be reached from other machines, and no credentials are configured; \(insecureMend)"
    ),
    (
      "--proxies-trusted 10.0.0.1/8",
      "--proxies-trusted: proxies.trusted: \"10.0.0.1/8\" is not valid; \(networkMend)"
    ),
    (
      "--proxies-protocol",
      "--proxies-protocol: proxies.protocol: no proxy is trusted, so there is none whose PROXY protocol header could be "
        + "read; name the proxies in proxies.trusted, or turn proxies.protocol off"
    ),
    ("--prot 1", "--prot: this flag is not known; did you mean --port?"),
    ("--zzzzzzzzzzzz", "--zzzzzzzzzzzz: this flag is not known; --help lists the flags"),
    ("-p", "-p: this flag is not known; --help lists the flags"),
    ("--port", "--port: port: its value is missing; write --port N"),
    ("--port --insecure", "--port: port: its value is missing; write --port N"),
    ("--port 1 --port 2", "--port: port: the flag is given twice; keep one of them"),
    ("serve", "serve: this argument is not expected; settings are flags: --port 8080"),
    ("--settings", "--settings: the name of the file is missing; write --settings FILE"),
    (
      "--settings /dev/null/x",
      "/dev/null/x: the file cannot be read: Not a directory; name a file that this user may read"
    ),
  ])
  func `a wrong flag is told, with its mend`(flags: String, problem: String) {
    let arguments = flags.split(separator: " ").map(String.init)
    let reading = SettingsReader.read(arguments: arguments, environment: [:], machine: fixedMachine)
    #expect(Self.told(reading) == [problem])
  }

  @Test(arguments: [
    ("[]", "hub.json5:1:1: the file holds a list; write an object: { port: 8080 }"),
    ("{ port: }", "hub.json5:1:9: unexpected '}'; expected a value; mend the JSON5 here; nothing of the file was read"),
    ("{\n  port: NaN }", "hub.json5:2:9: port: NaN is not a whole number; give a whole number from 0 to 65535"),
    ("{ port: 1.5 }", "hub.json5:1:9: port: 1.5 is not a whole number; give a whole number from 0 to 65535"),
    ("{ port: '1' }", "hub.json5:1:9: port: \"1\" is not a whole number; give a whole number from 0 to 65535"),
    ("{ port: null }", "hub.json5:1:9: port: null is not a whole number; give a whole number from 0 to 65535"),
    (
      "{ ping: Infinity }",
      "hub.json5:1:9: ping: Infinity is not a time; \(timeMend)"
    ),
    ("{ ping: -5 }", "hub.json5:1:9: ping: -5 is not a time; \(timeMend)"),
    ("{ ping: 0.5 }", "hub.json5:1:9: ping: 0.5 is not a time; \(timeMend)"),
    ("{ outbox: { bytes: -1 } }", "hub.json5:1:20: outbox.bytes: -1 is too small; the least is 1"),
    ("{ insecure: 'true' }", "hub.json5:1:13: insecure: \"true\" is neither true nor false; write true or false"),
    ("{ insecure: 1 }", "hub.json5:1:13: insecure: 1 is neither true nor false; write true or false"),
    (
      "{ host: {} }",
      "hub.json5:1:9: host: an object is not a host; \(hostMend)"
    ),
    (
      "{ allow: { hosts: [1] } }",
      "hub.json5:1:19: allow.hosts: the list holds 1; give host names without a port, such as hub.local"
    ),
    (
      "{ allow: { hosts: true } }",
      "hub.json5:1:19: allow.hosts: true is not a list; give host names without a port, such as hub.local"
    ),
    ("{ port: 1,\n port: 2 }", "hub.json5:2:2: port: this key is given twice, first at 1:3; keep one of them"),
    ("{ log: {}, 'log': {} }", "hub.json5:1:12: log: this key is given twice, first at 1:3; keep one of them"),
    ("{ outbox: 3 }", "hub.json5:1:11: outbox: 3 is not an object; it holds outbox.bytes, outbox.frames"),
    ("{ histroy: {} }", "hub.json5:1:3: histroy: this key is not known; did you mean history?"),
    (
      "{ history: { room: { event: 1 } } }",
      "hub.json5:1:22: history.room.event: this key is not known; did you mean history.room.events?"
    ),
    (
      "{ 'outbox.frames': 1 }",
      "hub.json5:1:3: outbox.frames: this key is not known; write it nested: outbox: { frames: … }"
    ),
    (
      "{ remember: { 'rooms.x': 1 } }",
      "hub.json5:1:15: remember.rooms.x: this key is not known; did you mean remember.rooms?"
    ),
    ("{ frames: 1 }", "hub.json5:1:3: frames: this key is not known; did you mean outbox.frames?"),
    (
      "{ colour: 1 }",
      "hub.json5:1:3: colour: this key is not known; take it away; roomcast check --help lists the settings"
    ),
    (
      "{ 'a\\nb': 1 }",
      "hub.json5:1:3: a\\nb: this key is not known; take it away; roomcast check --help lists the settings"
    ),
  ])
  func `a wrong file is told at its line and column`(file: String, problem: String) {
    #expect(Self.told(readSettings(file: file)) == [problem])
  }

  @Test(arguments: [
    ("ROOMCAST_PORT", "x", "ROOMCAST_PORT: port: \"x\" is not a whole number; give a whole number from 0 to 65535"),
    ("ROOMCAST_PROT", "1", "ROOMCAST_PROT: this variable is not known; did you mean ROOMCAST_PORT?"),
    (
      "ROOMCAST_COLOUR_SCHEME_FILE", "1",
      "ROOMCAST_COLOUR_SCHEME_FILE: this variable is not known; take it away; --help lists the settings"
    ),
    ("ROOMCAST_SETTINGS", "", "ROOMCAST_SETTINGS: the name of the file is empty; name a file or unset it"),
    (
      "ROOMCAST_PORT", "tcp://10.0.0.1:80",
      "ROOMCAST_PORT: port: \(kubernetes)"
    ),
    (
      "ROOMCAST_SERVICE_HOST", "10.0.0.1",
      "ROOMCAST_SERVICE_HOST: \(kubernetes)"
    ),
    (
      "ROOMCAST_PORT_80_TCP_ADDR", "10.0.0.1",
      "ROOMCAST_PORT_80_TCP_ADDR: \(kubernetes)"
    ),
  ])
  func `a wrong variable is told by its name`(variable: String, value: String, problem: String) {
    #expect(Self.told(readSettings([], [variable: value])) == [problem])
  }

  @Test func `all problems of all sources are told at once, those of the file in its order`() {
    let file = "{ port: -1,\n color: 1,\n ping: 0,\n host: '::' }"
    let problems = readSettings(["--pong", "x", "--what"], ["ROOMCAST_DRAIN": "x", "ROOMCAST_A": ""], file: file)
      .problems
    #expect(
      problems.map(\.origin.description) == [
        "hub.json5:1:9", "hub.json5:2:2", "hub.json5:3:8", "ROOMCAST_A", "ROOMCAST_DRAIN", "--what", "--pong",
        "hub.json5:4:8",
      ])
  }

  @Test func `a wrong value is no second problem where it does not fit with others`() {
    #expect(readSettings(["--host", "::", "--insecure=x"]).problems.map(\.key) == ["insecure"])
    #expect(
      readSettings(["--history-room-bytes", "0", "--history-node-bytes", "1KiB"]).problems.map(\.key) == [
        "history.room.bytes"
      ])
  }

  @Test(arguments: [
    "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1",
  ])
  func `loopback needs no credentials`(host: String) {
    #expect(readSettings(["--host", host]).problems == [])
  }

  @Test(arguments: [
    "0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "hub.local", "localhost.example.org", "128.0.0.1", "127.1", "::2",
  ])
  func `any other address needs insecure`(host: String) {
    #expect(readSettings(["--host", host]).problems.map(\.key) == ["host"])
    #expect(readSettings(["--host", host, "--insecure"]).problems == [])
  }
}
