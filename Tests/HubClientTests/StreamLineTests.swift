import HubWire
import Testing

@testable import HubClient

@Suite struct StreamLineTests {
  @Test func `a receipt without a position leaves the room where it stood`() throws {
    var report = StreamReport()
    report.note(try PublishReceipt(Array(#"{"room":"a","position":"e-7","subscribers":0,"duplicate":false}"#.utf8)))
    for queued in ["true", "false"] {
      let json = #"{"room":"a","subscribers":0,"duplicate":false,"queued":\#(queued)}"#
      report.note(try PublishReceipt(Array(json.utf8)))
    }
    report.note(try PublishReceipt(Array(#"{"room":"a","subscribers":0,"duplicate":false}"#.utf8)))
    #expect(report.last["a"]?.description == "e-7" && report.accepted == 4)
  }

  private static func line(_ text: String) -> StreamLine? { StreamLine(Array(text.utf8), number: 1, key: "KEY") }

  private static func sent(_ text: String) -> String? { line(text).map { String(decoding: $0.bytes, as: UTF8.self) } }

  @Test(
    arguments: [
      (#"{"room":"a","data":1}"#, #"{"id":"KEY","room":"a","data":1}"#),
      (#"{"room":"a","data":1,"id":"mine"}"#, #"{"room":"a","data":1,"id":"mine"}"#),
      (#"{"room":"a","id" : null,"data":1}"#, #"{"room":"a","id" : "KEY","data":1}"#),
      (#" {"room":"a","data":{"id":7}}"#, #" {"id":"KEY","room":"a","data":{"id":7}}"#),
      ("{\"room\":\"a\",\n\"data\":\n1}\n", #"{"id":"KEY","room":"a", "data": 1} "#),
      (#"{"room":"a","dataBase64":"AA=="}"#, #"{"id":"KEY","room":"a","dataBase64":"AA=="}"#),
    ])
  func `an envelope without a key gets one, and is else as it was`(text: String, expected: String) throws {
    #expect(Self.sent(text) == expected + "\n")
    let key = try Envelope.parse(Array(expected.utf8)).id
    #expect(key == "KEY" || key == "mine")
  }

  @Test(arguments: [
    "oops", "{}", "[1]", #"{"room":"a"}"#, #"{"room":"a","data":1,"id":7}"#, #"{"room":"a","data":1,"x":2}"#,
  ])
  func `what is no envelope is left as it is and has one result`(text: String) {
    #expect(Self.sent(text) == text + "\n")
    #expect(Self.line(text)?.results == 1)
  }

  @Test func `the deepest data that a hub takes gets a key as well`() {
    let deep = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    #expect(Self.sent(#"{"room":"a","data":\#(deep)}"#) == #"{"id":"KEY","room":"a","data":\#(deep)}"# + "\n")
  }

  @Test func `there is a result for each room, also where the envelope is wrong`() {
    #expect(Self.line(#"{"rooms":["a","b","c"],"data":1}"#)?.results == 3)
    #expect(Self.line(#"{"rooms":["a","b"],"data":1,"x":1}"#)?.results == 2)
  }

  @Test(arguments: ["", " ", "\t \r", "\n"]) func `a blank line is none`(text: String) {
    #expect(Self.line(text) == nil)
  }

  @Test func `a line that is too long for the hub has one result, whatever rooms it names`() throws {
    let line = try #require(Self.line(#"{"rooms":["a","b"],"data":1}"#))
    let refusal = Refusal(code: "PAYLOAD_TOO_LARGE", detail: "", isTemporary: false, status: 413)
    #expect(line.isAnswered(by: [.refusedLine(refusal)]))
    #expect(!line.isAnswered(by: [.refused(refusal)]))
    #expect(line.isAnswered(by: [.refused(refusal), .refused(refusal)]))
  }
}
