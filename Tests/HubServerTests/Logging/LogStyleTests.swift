import Testing

@testable import HubServer

@Suite struct LogStyleTests {
  @Test(
    arguments: [
      (.auto, true, [:], .text(isColoured: true)), (.auto, false, [:], .json),
      (.auto, true, ["NO_COLOR": "1"], .text(isColoured: false)),
      (.auto, true, ["NO_COLOR": ""], .text(isColoured: true)),
      (.auto, true, ["TERM": "dumb"], .text(isColoured: false)), (.text, false, [:], .text(isColoured: false)),
      (.text, true, [:], .text(isColoured: true)), (.json, true, [:], .json),
    ] as [(LogFormat, Bool, [String: String], LogStyle)])
  func `people get text, machines JSON, and colour only who wants it`(
    format: LogFormat, isTerminal: Bool, environment: [String: String], style: LogStyle
  ) {
    #expect(LogStyle(format, isTerminal: isTerminal, environment: environment) == style)
  }

  @Test func `levels are ordered by how serious they are`() {
    #expect(LogLevel.allCases.sorted() == [.debug, .info, .warning, .error])
    #expect(LogLevel.allCases.map(\.name) == ["debug", "info", "warning", "error"])
  }
}
