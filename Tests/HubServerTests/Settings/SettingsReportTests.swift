import Testing

@testable import HubServer

@Suite struct SettingsReportTests {
  @Test func `the table shows every setting with its origin in aligned columns`() {
    let lines = SettingsReport.table(readSettings(["--port", "0"], file: "{ ping: 30 }")).split(separator: "\n")
    let rows = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(lines.count == SettingsKey.table.count + 1)
    for row in [["port", "0", "--port"], ["ping", "30s", "hub.json5:1:9"], ["allow.hosts", "-", "default"]] {
      #expect(rows.contains(row))
    }
    let value = SettingsKey.table.map(\.path.count).max()! + 2
    #expect(lines.allSatisfy { Array($0)[value] != " " && Array($0)[value - 1] == " " })
  }

  @Test func `the JSON report is JSON and tells the same`() throws {
    let report = SettingsReport.json(readSettings(["--port", "x\n"], file: "{ allow: { hosts: ['a', 'b'] } }"))
    let root = try JSON5Scanner.parse(Array(report.utf8))
    guard case .object(let members) = root.value, case .array(let settings) = members[1].node.value,
      case .array(let problems) = members[2].node.value
    else {
      Issue.record("not an object")
      return
    }
    #expect(members.map(\.key) == ["ok", "settings", "problems", "warnings"])
    #expect(members[0].node.value == .boolean(false))
    #expect(settings.count == SettingsKey.table.count)
    #expect(problems.count == 1)
    #expect(report.contains(#"{"key":"allow.hosts","value":["a","b"],"from":"hub.json5:1:19"}"#))
    #expect(report.contains(#""message":"\"x\n\" is not a whole number""#))
  }

  @Test func `help names every flag with its default`() {
    let help = SettingsReport.help()
    #expect(help.count == SettingsKey.table.count + 1)
    #expect(help.contains { $0.flag == "--ping TIME" && $0.text.hasSuffix("[25s]") })
    #expect(help.contains { $0.flag == "--insecure" && !$0.text.contains("[") })
  }

  @Test func `cells with control characters stay in their line`() {
    #expect(TextTable.aligned([["a\nb", "c"], ["d", "e"]], indent: 1) == " a\\nb  c\n d     e\n")
  }
}
