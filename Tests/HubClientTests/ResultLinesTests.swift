import HubWire
import Testing

@testable import HubClient

@Suite struct ResultLinesTests {
  private static let text = """
    {"room":"a","position":"e-1","offset":1,"subscribers":2,"duplicate":false}
    {"type":"t","status":400,"code":"INVALID_ROOM","detail":"no","temporary":false}
    {"room":"a","position":"e-2","offset":2,"subscribers":2,"duplicate":true}
    {"accepted":2,"failed":1,"errors":[],"last":{"a":"e-2"}}

    """

  private static func take(_ bytes: [UInt8], _ results: inout ResultLines) throws -> [String] {
    try results.take(bytes.span).map { line in
      switch line {
      case .accepted(let receipt): "accepted \(receipt.position.map { "\($0)" } ?? "-") \(receipt.isDuplicate)"
      case .refused(let refusal): "refused \(refusal.code) \(refusal.isTemporary)"
      case .refusedLine(let refusal): "line refused \(refusal.code)"
      case .refusedStream(let refusal): "stream refused \(refusal.code)"
      case .report: "report"
      }
    }
  }

  @Test func `every split gives the same lines`() throws {
    let bytes = Array(Self.text.utf8)
    for middle in bytes.indices {
      var results = ResultLines()
      let lines = try Self.take(Array(bytes[..<middle]), &results) + Self.take(Array(bytes[middle...]), &results)
      #expect(lines == ["accepted e-1 false", "refused INVALID_ROOM false", "accepted e-2 true", "report"])
    }
  }

  @Test func `what no hub says is an error`() {
    var results = ResultLines()
    #expect(throws: HubError.self) { try Self.take(Array("hello\n".utf8), &results) }
    #expect(throws: HubError.self) { try Self.take(Array(repeating: 0x20, count: 2 << 20), &results) }
  }

  @Test func `a problem says what it is about, and a scope that nobody knows is a room's`() throws {
    var results = ResultLines()
    let lines = ["line", "stream", "planet"].map { #"{"status":413,"code":"\#($0)","scope":"\#($0)"}"# + "\n" }
    #expect(
      try Self.take(Array(lines.joined().utf8), &results) == [
        "line refused line", "stream refused stream", "refused planet false",
      ])
  }
}
