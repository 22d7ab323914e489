import HubWire
import Testing

@Suite struct EnvelopeTests {
  private func parse(_ text: String) throws(EnvelopeError) -> Envelope { try Envelope.parse(Array(text.utf8)) }

  private func refusal(_ text: String) -> EnvelopeError? {
    do throws(EnvelopeError) {
      _ = try parse(text)
      return nil
    } catch { return error }
  }

  @Test func `all fields`() throws {
    let id = ConnectionID.random()
    #expect(
      try parse(#"{"room":"a","event":"e","data":{"x": 1},"id":"k","exclude":"\#(id)","ephemeral":true}"#)
        == Envelope(
          rooms: ["a"], name: try EventName("e"), data: .json(Array(#"{"x": 1}"#.utf8)), id: "k", exclude: id,
          ephemeral: true))
    #expect(
      try parse(#"{"rooms":["a","not a name"],"dataBase64":"AAE="}"#)
        == Envelope(rooms: ["a", "not a name"], data: .base64(Array("AAE=".utf8))))
    #expect(
      try parse(#"{"room":"a","data":null,"event":null,"id":null,"exclude":null,"ephemeral":null,"rooms":null}"#)
        == Envelope(rooms: ["a"], data: .json(Array("null".utf8))))
  }

  @Test(arguments: [
    (#"{"room":"a"}"#, ["a"], ErrorCode.invalidRequest, "`data` or `dataBase64` is missing"),
    (
      #"{"rooms":["a","b"],"data":1,"event":""}"#, ["a", "b"], .invalidEvent,
      "the event name has 0 bytes; it must have 1 to 200"
    ),
    (#"{"room":"a","rooms":["b"],"data":1}"#, [], .invalidRequest, "give `room` or `rooms`, not both"),
    (#"{"data":1}"#, [], .invalidRequest, "`room` or `rooms` is missing"),
    (#"{"rooms":[],"data":1}"#, [], .invalidRequest, "`rooms` is empty"),
    (#"{"rooms":["a",1],"data":1}"#, [], .invalidRequest, "`rooms[1]` is a number, it must be a room's name"),
    (#"{"rooms":"a","data":1}"#, [], .invalidRequest, "`rooms` is a string, it must be an array"),
    (#"{"room":1,"data":1}"#, [], .invalidRequest, "`room` is a number, it must be a string"),
    (#"{"room":"a","data":1,"ephemerl":true}"#, ["a"], .invalidRequest, "an envelope has no field `ephemerl`"),
    (#"{"room":"a","data":1,"id":""}"#, ["a"], .invalidRequest, "`id` has 0 bytes; it must have 1 to 200"),
    (#"{"room":"a","data":1,"id":7}"#, ["a"], .invalidRequest, "`id` is a number, it must be a string"),
    (
      #"{"room":"a","data":1,"exclude":"x"}"#, ["a"], .invalidRequest,
      "`exclude` must be the id of a connection, 32 hexadecimal digits"
    ),
    (
      #"{"room":"a","data":1,"ephemeral":1}"#, ["a"], .invalidRequest,
      "`ephemeral` is a number, it must be true or false"
    ),
    (#"{"room":"a","data":1,"data":1}"#, ["a"], .invalidRequest, "`data` stands there twice"),
    (#"{"room":"a","data":1,"dataBase64":""}"#, ["a"], .invalidRequest, "give `data` or `dataBase64`, not both"),
    (#"[]"#, [], .invalidRequest, "an envelope is an object, and this is an array"),
    (#"{"#, [], .invalidJSON, "not valid JSON at byte 1: it ends too early"),
  ])
  func `what is wrong is named, with the rooms that get it as their result`(
    _ text: String, _ rooms: [String], _ code: ErrorCode, _ detail: String
  ) {
    #expect(refusal(text) == EnvelopeError(rooms: rooms, error: HubError(code, detail)))
  }

  @Test func `an envelope has up to 100 rooms and a key of up to 200 bytes`() throws {
    let rooms = (0...100).map { "\"r\($0)\"" }
    #expect(try parse("{\"data\":1,\"rooms\":[\(rooms.dropLast().joined(separator: ","))]}").rooms.count == 100)
    #expect(
      refusal("{\"data\":1,\"rooms\":[\(rooms.joined(separator: ","))]}")?.error
        == HubError(.invalidRequest, "`rooms` has more than 100 elements"))
    let key = String(repeating: "k", count: 200)
    #expect(try parse("{\"data\":1,\"room\":\"a\",\"id\":\"\(key)\"}").id == key)
    #expect(refusal("{\"data\":1,\"room\":\"a\",\"id\":\"\(key)k\"}")?.error.code == .invalidRequest)
  }

  @Test func `a body is one envelope or an array of up to 1,000`() throws {
    let one = Array(" {\"room\":\"a\",\"data\":1} ".utf8)
    #expect(try Envelope.split(one).map { $0.oneLine() } == [Array("{\"room\":\"a\",\"data\":1}".utf8)])
    #expect(try Envelope.split(Array(" [ ] ".utf8)).isEmpty)
    let mixed = try Envelope.split(Array("[{\"room\":\"a\",\"data\":1}, 7,{\"room\":\"b\",\"data\":[2]}]".utf8))
    #expect(mixed.count == 3)
    #expect(try Envelope.parse(mixed[0]).rooms == ["a"])
    #expect(throws: EnvelopeError.self) { try Envelope.parse(mixed[1]) }
    #expect(try Envelope.parse(mixed[2]).data == .json(Array("[2]".utf8)))
    for (count, fits) in [(1_000, true), (1_001, false)] {
      let body = Array("[\(repeatElement("{}", count: count).joined(separator: ","))]".utf8)
      #expect((try? Envelope.split(body).count) == (fits ? count : nil))
    }
    #expect { try Envelope.split(Array("[{},]".utf8)) } throws: { ($0 as? HubError)?.code == .invalidJSON }
    #expect { try Envelope.split([]) } throws: { ($0 as? HubError)?.code == .invalidJSON }
  }

  @Test func `data may be nested as deep in an envelope, and in an array of them, as alone`() throws {
    for (depth, fits) in [(256, true), (257, false)] {
      let data = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      let envelope = "{\"room\":\"a\",\"data\":\(data)}"
      #expect((refusal(envelope) == nil) == fits)
      for body in [envelope, "[\(envelope)]"] { #expect(((try? Envelope.split(Array(body.utf8))) != nil) == fits) }
    }
  }
}
