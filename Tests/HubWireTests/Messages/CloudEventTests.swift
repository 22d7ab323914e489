import HubWire
import Testing

@Suite struct CloudEventTests {
  private func structured(_ text: String) throws -> CloudEvent { try CloudEvent(structured: Array(text.utf8)) }

  @Test func `a structured event`() throws {
    let event = try structured(
      #"{"specversion":"1.0","type":"com.example.order","source":"/shop","id":"7","time":"2026-01-01T00:00:00Z","data":{"n": 1}}"#
    )
    #expect(event.name == (try EventName("com.example.order")) && event.key == "1 7 /shop" && event.room == nil)
    #expect(event.data == .json(Array(#"{"n": 1}"#.utf8)))
  }

  @Test func `data may be bytes, null or missing`() throws {
    let head = #"{"specversion":"1.0","type":"t","source":"s","id":"i","room":"a""#
    #expect(try structured(head + #","data_base64":"AAE="}"#).data == .base64(Array("AAE=".utf8)))
    #expect(try structured(head + #","data":null}"#).data == .json(Array("null".utf8)))
    #expect(try structured(head + "}").data == .json(Array("null".utf8)))
    #expect(try structured(head + "}").room == "a")
  }

  @Test func `the same source and id are the same key, others are not, however long`() throws {
    let key = { (source: String, id: String) in
      try structured(#"{"specversion":"1.0","type":"t","source":"\#(source)","id":"\#(id)"}"#).key
    }
    let long = String(repeating: "x", count: 300)
    #expect(try key("a", "b") == "1 b a")
    #expect(try key("a b", "c") != key("a", "b c"))
    #expect(try key(long, "1") == key(long, "1") && key(long, "1") != key(long, "2"))
    #expect(try key(long, "1").utf8.count <= Envelope.maximumKey)
  }

  @Test(arguments: [
    (#"{"type":"t","source":"s","id":"i"}"#, "a CloudEvent must have `specversion`"),
    (
      #"{"specversion":"0.3","type":"t","source":"s","id":"i"}"#,
      "`specversion` is \"0.3\"; CloudEvents 1.0 is understood"
    ),
    (#"{"specversion":"1.0","source":"s","id":"i"}"#, "a CloudEvent must have `type`"),
    (#"{"specversion":"1.0","type":"t","id":"i"}"#, "a CloudEvent must have `source`"),
    (#"{"specversion":"1.0","type":"t","source":"s","id":""}"#, "a CloudEvent must have `id`"),
    (#"{"specversion":"1.0","type":7,"source":"s","id":"i"}"#, "`type` is a number, it must be a string"),
    (
      #"{"specversion":"1.0","type":"t","source":"s","id":"i","data":1,"data_base64":"AAE="}"#,
      "a CloudEvent has `data` or `data_base64`, not both"
    ),
    (
      #"{"specversion":"1.0","type":"t","source":"s","id":"i","data_base64":"x"}"#,
      "`data_base64` is not base64 with padding (RFC 4648 section 4)"
    ),
    ("[]", "`the CloudEvent` is an array, it must be an object"),
  ])
  func `what is missing or wrong is named`(text: String, detail: String) {
    #expect(throws: HubError(.invalidRequest, detail)) { try structured(text) }
  }

  @Test func `a type must be an event name`() {
    let text = #"{"specversion":"1.0","type":"roomcast:gap","source":"s","id":"i"}"#
    let error = #expect(throws: HubError.self) { try structured(text) }
    #expect(error?.code == .invalidEvent)
  }

  @Test func `a binary event has its attributes in fields, percent-encoded`() throws {
    let fields: HTTPFields = ["Ce-Specversion": "1.0", "ce-type": "gr%C3%BC%C3%9Fe", "CE-SOURCE": "/s", "ce-id": "9"]
    let event = try CloudEvent(binary: fields, data: .json(Array("1".utf8)))
    #expect(event.name.text == "grüße" && event.key == "1 9 /s" && event.data == .json(Array("1".utf8)))
    var doubled = fields
    doubled.append("ce-id", "10")
    #expect(throws: HubError(.invalidRequest, "there is more than one field `ce-id`")) {
      try CloudEvent(binary: doubled, data: .json([0x31]))
    }
    #expect(throws: HubError(.invalidRequest, "the field `ce-type` is not percent-encoded UTF-8")) {
      try CloudEvent(binary: ["ce-specversion": "1.0", "ce-type": "%zz"], data: .json([0x31]))
    }
  }
}
