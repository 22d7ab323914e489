import Testing

@testable import HubServer

@Suite struct SettingsWebhooksTests {
  private static let target = "{name:'a',url:'https://a.example/',secret:'0123456789abcdef'}"

  private static func problems(_ file: String) -> [String] {
    readSettings(file: file).problems.map { "\($0.key ?? ""): \($0.message)" }
  }

  @Test func `targets and what they are told are read`() throws {
    let file = """
      {webhooks:{targets:[\(Self.target)],connections:'a',connect:{target:'a',away:'allow'}},namespaces:[
      {name:'chat',webhooks:{target:'a',events:['member.joined','room.vacated']},
      backend:{target:'a',on:'publish',events:['move'],time:'1s',cache:'1m',away:'allow'}}]}
      """
    let reading = readSettings(file: file)
    #expect(reading.problems == [])
    let namespace = try #require(reading.settings.namespaces.first)
    #expect(namespace.webhooks == NamespaceWebhookSettings(target: "a", events: [.joined, .vacated]))
    #expect(namespace.backend?.on == [.publish] && namespace.backend?.events == ["move"])
    #expect(namespace.backend?.cache == .seconds(60) && namespace.backend?.away == .allow)
    #expect(reading.settings.webhooks.connect.away == .allow)
  }

  @Test(arguments: ["webhooks.targets", "namespaces"])
  func `what is shown can be read again, and holds no secret`(path: String) {
    let file = """
      {webhooks:{targets:[\(Self.target)]},namespaces:[{name:'chat',webhooks:{target:'a'},
      backend:{target:'a',on:['publish'],events:['move'],cache:'1m'}}]}
      """
    let shown = SettingsKey.named(path).json(in: readSettings(file: file).settings)
    #expect(!shown.contains("0123456789abcdef"))
    let again = readSettings(
      file: "{webhooks:{targets:[\(Self.target)]},\(path == "namespaces" ? "namespaces:\(shown)" : "")}")
    #expect(again.problems == [])
    if path == "namespaces" { #expect(SettingsKey.named(path).json(in: again.settings) == shown) }
  }

  @Test func `of a URL no more is shown than where it leads`() {
    let target = "{name:'a',url:'https://a.example:8443/T0/hidden?token=hidden',secretFile:'secret'}"
    let reading = readSettings(file: "{webhooks:{targets:[\(target)]}}")
    #expect(reading.problems == [])
    for report in [SettingsReport.table(reading), SettingsReport.json(reading)] {
      #expect(report.contains("https://a.example:8443") && !report.contains("hidden"))
    }
  }

  @Test func `whoever is told or asked must be one of the targets`() {
    #expect(
      Self.problems(
        """
        {webhooks:{targets:[\(Self.target)],connections:'b',connect:{target:'c'}},namespaces:[
        {name:'x',webhooks:{target:'d'}},{name:'y',backend:{target:'e'}}]}
        """) == [
          "webhooks.connections: \"b\" is none of webhooks.targets",
          "webhooks.connect.target: \"c\" is none of webhooks.targets",
          "namespaces[0].webhooks.target: \"d\" is none of webhooks.targets",
          "namespaces[1].backend.target: \"e\" is none of webhooks.targets",
        ])
  }

  @Test(arguments: [
    ("{url:'https://a/',secret:'0123456789abcdef'}", "webhooks.targets[0]: name is missing"),
    (
      "{name:'a b',url:'https://a/',secret:'0123456789abcdef'}",
      "webhooks.targets[0].name: \"a b\" is not a target's name"
    ),
    ("{name:'a',url:'a',secret:'0123456789abcdef'}", "webhooks.targets[0].url: this is no URL that can be called"),
    ("{name:'a',url:'http://a'}", "webhooks.targets[0]: no secret is here, and every request is signed"),
    ("{name:'a',url:'http://a',secret:'short'}", "webhooks.targets[0].secret: the secret has 5 bytes, the least is 16"),
    (
      "{name:'a',url:'http://a',secret:'0123456789abcdef',secretFile:'secret'}",
      "webhooks.targets[0]: secret and secretFile are both here"
    ),
  ])
  func `what is wrong with a target is told`(target: String, problem: String) {
    #expect(Self.problems("{webhooks:{targets:[\(target)]}}") == [problem])
  }

  @Test func `two targets have two names`() {
    #expect(
      Self.problems("{webhooks:{targets:[\(Self.target),\(Self.target)]}}") == [
        "webhooks.targets[1].name: this is the name of [0] too"
      ])
  }

  @Test func `a secret is not taken from a flag`() {
    let reading = readSettings(["--webhooks-targets=\(Self.target)"])
    #expect(reading.problems.count == 1 && reading.problems[0].message.contains("not taken from a flag"))
    #expect(!reading.problems.description.contains("0123456789abcdef"))
  }
}
