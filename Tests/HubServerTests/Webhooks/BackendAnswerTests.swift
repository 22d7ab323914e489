import HubIO
import HubWire
import Testing

@testable import HubServer

@Suite struct BackendAnswerTests {
  private static func read(_ text: String, isPublish: Bool = true) throws(HubError) -> BackendAnswer {
    try BackendAnswer(Array(text.utf8), isPublish: isPublish)
  }

  @Test(arguments: [
    (#"{"allow":true}"#, BackendAnswer.Verdict.allow),
    (#"{"allow":true,"event":null,"detail":"x","more":1}"#, .allow),
    (#"{"allow":true,"data":null}"#, .replace(nil, .json(Array("null".utf8)))),
    (#"{"allow":true,"data":[ 1,\#n2 ]}"#, .replace(nil, .json(Array("[ 1, 2 ]".utf8)))),
    (#"{"allow":true,"dataBase64":"AAE="}"#, .replace(nil, .base64(Array("AAE=".utf8)))),
    (#"{"allow":false}"#, .refuse(detail: nil)),
    (#"{"allow":false,"detail":"not now"}"#, .refuse(detail: "not now")),
    (#"{"allow":false,"reply":{"data":1}}"#, .reply(.message, .json(Array("1".utf8)))),
  ])
  func `an answer says what becomes of an event`(text: String, verdict: BackendAnswer.Verdict) throws {
    #expect(try Self.read(text).verdict == verdict)
  }

  @Test func `an answer about something else replaces nothing`() throws {
    #expect(try Self.read(#"{"allow":true,"data":1}"#, isPublish: false).verdict == .allow)
    #expect(try Self.read(#"{"allow":false,"reply":{"data":1}}"#, isPublish: false).verdict == .refuse(detail: nil))
    #expect(try Self.read(#"{"allow":true,"cacheSeconds":60}"#, isPublish: false).cache == .seconds(60))
    #expect(try Self.read(#"{"allow":true}"#).cache == nil)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"allow":1}"#, #"{"allow":"true"}"#, #"{"allow":true,"event":"roomcast:x"}"#,
    #"{"allow":true,"event":""}"#, #"{"allow":true,"data":1,"dataBase64":"AA=="}"#, #"{"allow":true,"dataBase64":"?"}"#,
    #"{"allow":false,"reply":1}"#, #"{"allow":false,"reply":{}}"#, #"{"allow":true,"cacheSeconds":-1}"#,
    #"{"allow":true,"cacheSeconds":1e9}"#, #"{"allow":true,"allow":false}"#,
  ])
  func `an answer that could mean anything means nothing`(text: String) {
    #expect(throws: HubError.self) { try Self.read(text) }
  }

  @Test func `a question says all that is known`() throws {
    let question = BackendQuestion(
      kind: .publish(try RoomName("a"), try EventName("said \"x\""), .json(Array("[1]".utf8))), user: "ann",
      connection: ConnectionID(String(repeating: "0f", count: 16)), time: 5)
    #expect(
      String(decoding: question.encode(id: "i", node: "n"), as: UTF8.self)
        == #"{"type":"publish","id":"i","node":"n","time":5,"room":"a","event":"said \"x\"","data":[1],"#
        + #""user":"ann","connection":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}"#)
    #expect(question.cacheKey == nil)
    let nobody = BackendQuestion(kind: .connect, user: nil, connection: nil, time: 5)
    #expect(nobody.cacheKey == nil)
    #expect(
      String(decoding: nobody.encode(id: "i", node: "n"), as: UTF8.self)
        == #"{"type":"connect","id":"i","node":"n","time":5}"#)
  }
}
