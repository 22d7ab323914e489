import HubWire
import Testing

@Suite struct ClientMessageTests {
  @Test func `the id of a message is found whatever else it says`() {
    #expect(ClientMessage.id(in: Array(#"{"type":"none such","x":[1],"id":"a"}"#.utf8))?.json == Array(#""a""#.utf8))
    #expect(ClientMessage.id(in: Array(#"{"id":7}"#.utf8)) == RequestID(7))
    for text in [#"{"type":"ping"}"#, #"{"id":{}}"#, #"{"id":1"#, "[]", ""] {
      #expect(ClientMessage.id(in: Array(text.utf8)) == nil, "\(text)")
    }
  }

  private func parse(_ text: String, maximumRooms: Int = 128) throws(ClientMessageError) -> ClientMessage {
    try ClientMessage.parse(Array(text.utf8), maximumRooms: maximumRooms)
  }

  private func refusal(_ text: String, maximumRooms: Int = 128) -> ClientMessageError? {
    do throws(ClientMessageError) {
      _ = try parse(text, maximumRooms: maximumRooms)
      return nil
    } catch { return error }
  }

  private let one = RequestID(1)

  @Test func `subscribe to one room`() throws {
    #expect(
      try parse(#"{"type":"subscribe","id":1,"room":"orders","after":"k3J9-1038","presence":{"name": "Ann"}}"#)
        == .subscribe(
          id: one,
          rooms: [RoomRequest(room: "orders", after: "k3J9-1038", presence: Array(#"{"name": "Ann"}"#.utf8))],
          many: false))
    #expect(
      try parse(#"{"type":"subscribe","room":"not a name"}"#)
        == .subscribe(id: nil, rooms: [RoomRequest(room: "not a name")], many: false))
    #expect(
      try parse(#"{"type":"subscribe","room":"a","after":null,"presence":null,"rooms":null,"id":null}"#)
        == .subscribe(id: nil, rooms: [RoomRequest(room: "a")], many: false))
  }

  @Test func `subscribe to many rooms`() throws {
    #expect(
      try parse(#"{"type":"subscribe","id":1,"rooms":[{"room":"a","after":"x"},{"room":"b","presence":{}}]}"#)
        == .subscribe(
          id: one, rooms: [RoomRequest(room: "a", after: "x"), RoomRequest(room: "b", presence: Array("{}".utf8))],
          many: true))
    #expect(
      refusal(#"{"type":"subscribe","id":1,"rooms":[{"room":"a"},{"room":2}]}"#)
        == ClientMessageError(
          id: one, error: HubError(.invalidRequest, "`rooms[1].room` is a number, it must be a string")))
    #expect(
      refusal(#"{"type":"subscribe","rooms":["a"]}"#)?.error
        == HubError(.invalidRequest, "`rooms[0]` is a string, it must be an object"))
    #expect(refusal(#"{"type":"subscribe","rooms":[]}"#)?.error == HubError(.invalidRequest, "`rooms` is empty"))
    #expect(
      refusal(#"{"type":"subscribe","rooms":{}}"#)?.error
        == HubError(.invalidRequest, "`rooms` is an object, it must be an array"))
    for key in ["\"room\":\"a\"", "\"after\":\"a\"", "\"presence\":{}"] {
      #expect(refusal("{\"type\":\"subscribe\",\"rooms\":[{\"room\":\"a\"}],\(key)}")?.error.code == .invalidRequest)
    }
  }

  @Test func `one subscribe names up to the given number of rooms`() throws {
    let rooms = (0..<3).map { "{\"room\":\"r\($0)\"}" }.joined(separator: ",")
    let text = "{\"type\":\"subscribe\",\"id\":1,\"rooms\":[\(rooms)]}"
    #expect(throws: Never.self) { try parse(text, maximumRooms: 3) }
    #expect(
      refusal(text, maximumRooms: 2)
        == ClientMessageError(id: one, error: HubError(.tooManyRooms, "`rooms` has more than 2 elements")))
  }

  @Test func `presence is an object`() {
    #expect(
      refusal(#"{"type":"subscribe","room":"a","presence":[]}"#)?.error
        == HubError(.invalidRequest, "`presence` is an array, it must be an object"))
  }

  @Test func `publish`() throws {
    #expect(
      try parse(
        #"{"type":"publish","id":1,"room":"chat:1","event":"said","data":{"a":[1.0]},"echo":false,"key":"k","#
          + #""ephemeral":true}"#
      )
        == .publish(
          id: one,
          PublishRequest(
            room: "chat:1", name: try EventName("said"), data: .json(Array(#"{"a":[1.0]}"#.utf8)), echo: false,
            key: "k",
            ephemeral: true)))
    #expect(
      try parse(#"{"type":"publish","room":"a","dataBase64":"AAE="}"#)
        == .publish(id: nil, PublishRequest(room: "a", data: .base64(Array("AAE=".utf8)))))
    #expect(
      try parse(#"{"type":"publish","room":"a","dataBase64":"\/\/\/\/"}"#)
        == .publish(id: nil, PublishRequest(room: "a", data: .base64(Array("////".utf8)))))
    #expect(
      try parse("{\"type\":\"publish\",\"room\":\"a\",\"data\":\n[1,\n2]\n}")
        == .publish(id: nil, PublishRequest(room: "a", data: .json(Array("[1, 2]".utf8)))))
    #expect(
      try parse(#"{"type":"publish","room":"a","data":null}"#)
        == .publish(id: nil, PublishRequest(room: "a", data: .json(Array("null".utf8)))))
  }

  @Test(arguments: [
    (#""room":"a""#, ErrorCode.invalidRequest, "`data` or `dataBase64` is missing"),
    (#""room":"a","data":1,"dataBase64":"""#, .invalidRequest, "give `data` or `dataBase64`, not both"),
    (#""room":"a","dataBase64":"A""#, .invalidRequest, "`dataBase64` is not base64 with padding (RFC 4648 section 4)"),
    (#""room":"a","dataBase64":1"#, .invalidRequest, "`dataBase64` is a number, it must be a string"),
    (#""data":1"#, .invalidRequest, "`room` is missing"),
    (#""room":1,"data":1"#, .invalidRequest, "`room` is a number, it must be a string"),
    (#""room":"a","data":1,"echo":"no""#, .invalidRequest, "`echo` is a string, it must be true or false"),
    (#""room":"a","data":1,"key":"""#, .invalidRequest, "`key` has 0 bytes; it must have 1 to 200"),
    (#""room":"a","data":1,"event":"""#, .invalidEvent, "the event name has 0 bytes; it must have 1 to 200"),
    (
      #""room":"a","data":1,"event":"roomcast:x""#, .invalidEvent,
      "event names that begin with \"roomcast:\" are the hub's own"
    ),
    (#""room":"a","data":1,"data":2"#, .invalidRequest, "`data` stands there twice"),
    (
      #""room":"a","data":1,"event":"\ud800""#, .invalidRequest, "`event` holds half a surrogate pair, which is no text"
    ),
  ])
  func `a publish that is wrong names the field, and its id`(_ fields: String, _ code: ErrorCode, _ detail: String) {
    #expect(
      refusal("{\"type\":\"publish\",\(fields),\"id\":1}")
        == ClientMessageError(id: one, error: HubError(code, detail)))
  }

  @Test func `the other messages`() throws {
    #expect(try parse(#"{"type":"unsubscribe","id":1,"room":"a"}"#) == .unsubscribe(id: one, room: "a"))
    #expect(
      try parse(#"{"type":"history","id":1,"room":"a","after":"k-1","limit":1000}"#)
        == .history(id: one, HistoryRequest(room: "a", after: "k-1", limit: 1_000)))
    #expect(
      try parse(#"{"type":"history","room":"a","last":1}"#) == .history(id: nil, HistoryRequest(room: "a", last: 1)))
    #expect(try parse(#"{"type":"members","id":1,"room":"a"}"#) == .members(id: one, MembersRequest(room: "a")))
    #expect(
      try parse(#"{"type":"members","room":"a","limit":2,"cursor":"17"}"#)
        == .members(id: nil, MembersRequest(room: "a", limit: 2, cursor: 17)))
    for wrong in ["\"limit\":0", "\"limit\":1001", "\"cursor\":\"x\"", "\"cursor\":\"+1\"", "\"cursor\":17"] {
      #expect(refusal("{\"type\":\"members\",\"room\":\"a\",\(wrong)}")?.error.code == .invalidRequest, "\(wrong)")
    }
    #expect(try parse(#"{"type":"auth","id":1,"token":"t"}"#) == .auth(id: one, token: "t"))
    #expect(try parse(#" {"id":1,"type":"ping"} "#) == .ping(id: one))
    #expect(try parse(#"{"type":"ping"}"#) == .ping(id: nil))
    for text in [
      #"{"type":"unsubscribe"}"#, #"{"type":"members"}"#, #"{"type":"auth"}"#, #"{"type":"history"}"#,
      #"{"type":"history","room":"a","limit":0}"#, #"{"type":"history","room":"a","limit":1001}"#,
      #"{"type":"history","room":"a","after":"x","last":1}"#, #"{"type":"auth","token":1}"#,
    ] {
      #expect(refusal(text)?.error.code == .invalidRequest)
    }
  }

  @Test func `an unknown type is named and fields nobody knows are ignored`() throws {
    #expect(
      refusal(#"{"type":"dance","id":1}"#)
        == ClientMessageError(id: one, error: HubError(.invalidRequest, "there is no message of type \"dance\"")))
    #expect(refusal(#"{"id":1}"#)?.error == HubError(.invalidRequest, "`type` is missing"))
    #expect(refusal(#"{"type":7,"id":1}"#)?.id == one)
    #expect(try parse(#"{"type":"ping","x":1,"x":2,"room":[]}"#) == .ping(id: nil))
    #expect(refusal(#"{"type":"ping","type":"ping"}"#)?.error.code == .invalidRequest)
  }

  @Test func `an id is a number or a string of a bounded length`() throws {
    let longest = "\"" + String(repeating: "x", count: 126) + "\""
    #expect(throws: Never.self) { try parse("{\"type\":\"ping\",\"id\":\(longest)}") }
    #expect(
      refusal("{\"type\":\"ping\",\"id\":\(longest.dropLast())x\"}")
        == ClientMessageError(id: nil, error: HubError(.invalidRequest, "`id` has 129 bytes, the limit is 128")))
    for (json, phrase) in [("true", "true or false"), ("[]", "an array"), ("{}", "an object")] {
      #expect(
        refusal("{\"type\":\"ping\",\"id\":\(json)}")?.error
          == HubError(.invalidRequest, "`id` is \(phrase), it must be a number or a string"))
    }
  }

  @Test func `what cannot be parsed is INVALID_JSON, and only that`() {
    for text in ["", "x", "{", "{\"type\":\"ping\"", "{\"type\":\"ping\"}}", "\u{FEFF}{}"] {
      #expect(refusal(text)?.error.code == .invalidJSON)
      #expect(refusal(text)?.id == nil)
    }
    for text in ["1", "[]", "null", "\"ping\"", "{}"] { #expect(refusal(text)?.error.code == .invalidRequest) }
  }

  @Test func `data may be nested as deep as over HTTP`() {
    for (depth, code) in [(256, nil), (257, ErrorCode.invalidJSON)] {
      let data = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(refusal("{\"type\":\"publish\",\"room\":\"a\",\"data\":\(data)}")?.error.code == code)
    }
  }

  @Test(arguments: 0..<4) func `a message on one line says the same`(_ seed: UInt64) throws {
    var random = RandomJSON(seed: 600 + seed)
    let template = Array("{ \"type\":\n\"publish\",\t\"id\":1, \"room\":\"a\", \"data\":[1,\n{\"x\":null}] }".utf8)
    for _ in 0..<500 {
      let text = random.mutate(template)
      guard isJSON(text) else { continue }
      let there = Result { () throws(ClientMessageError) in try ClientMessage.parse(text) }
      let line = JSONScanner.oneLine(text.span)
      #expect(there == Result { () throws(ClientMessageError) in try ClientMessage.parse(line) })
    }
  }
}
