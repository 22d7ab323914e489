import Testing

@testable import HubServer

@Suite struct FlagScannerTests {
  static func tokens(_ line: String) -> [FlagScanner.Token] {
    var scanner = FlagScanner(line.split(separator: " ").map(String.init)) { $0 == "--port" }
    var tokens: [FlagScanner.Token] = []
    while let token = scanner.next() { tokens.append(token) }
    return tokens
  }

  @Test(
    arguments: [
      ("", []), ("--port 1", [.flag("--port", value: "1")]), ("--port=1", [.flag("--port", value: "1")]),
      ("--port=", [.flag("--port", value: "")]), ("--port=a=b", [.flag("--port", value: "a=b")]),
      ("--port -1", [.flag("--port", value: "-1")]), ("--port", [.flag("--port", value: nil)]),
      ("--port --json", [.flag("--port", value: nil), .flag("--json", value: nil)]),
      ("--port -- a", [.flag("--port", value: nil), .positional("a")]),
      ("--json a", [.flag("--json", value: nil), .positional("a")]), ("-h", [.flag("-h", value: nil)]),
      ("a - b", [.positional("a"), .positional("-"), .positional("b")]),
      ("-- --port -h --", [.positional("--port"), .positional("-h"), .positional("--")]),
    ] as [(String, [FlagScanner.Token])])
  func `a command line falls apart in one way`(line: String, expected: [FlagScanner.Token]) {
    #expect(Self.tokens(line) == expected)
  }
}
