import HubWire
import Testing

@testable import HubClient

@Suite struct ResultLinesTests {
  private static let text = """
    {"room":"a","position":"e-1","offset":1,"subscribers":2,"duplicate":false}
    {"type":"t","status":400,"code":"INVALID_ROOM","detail":"no","temporary":false}
    {"room":"a","position":"e-2","offset":2,"subscribers":2,"duplicate":false}
    {"accepted":2,"failed":1,"errors":[{"line":2,"code":"INVALID_ROOM","detail":"no","temporary":false}],"last":{"a":"e-2"}}

    """

  private static func take(_ bytes: [UInt8], _ results: inout ResultLines) throws {
    try results.take(bytes.span)
  }

  @Test func everySplitGivesTheSameReport() throws {
    let bytes = Array(Self.text.utf8)
    for middle in bytes.indices {
      var results = ResultLines()
      try Self.take(Array(bytes[..<middle]), &results)
      try Self.take(Array(bytes[middle...]), &results)
      #expect(results.progress == StreamProgress(accepted: 2, failed: 1))
      let report = try #require(results.report)
      #expect(report.accepted == 2 && report.failed == 1)
      #expect(report.errors.map(\.line) == [2])
      #expect(report.last == ["a": Position(epoch: "e", offset: 2)])
    }
  }

  @Test func withoutAReportTheLastRefusalSaysWhy() throws {
    var results = ResultLines()
    try Self.take(
      Array((#"{"status":408,"code":"TIMEOUT","detail":"slow","temporary":true}"# + "\n").utf8), &results)
    #expect(results.report == nil)
    #expect(results.lastRefusal?.code == "TIMEOUT")
  }

  @Test func whatNoHubSaysIsAnError() {
    var results = ResultLines()
    #expect(throws: HubError.self) { try Self.take(Array("hello\n".utf8), &results) }
  }
}
