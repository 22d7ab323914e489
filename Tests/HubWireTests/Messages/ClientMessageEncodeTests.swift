import HubWire
import Testing

@Suite struct ClientMessageEncodeTests {
  private func messages() throws -> [ClientMessage] {
    let id = RequestID(3)
    let room = RoomRequest(room: "a\"b", after: "k-1", presence: Array("{\"name\":\"Ann\"}".utf8))
    return [
      .subscribe(id: id, rooms: [room], many: false), .subscribe(id: nil, rooms: [RoomRequest(room: "a")], many: false),
      .subscribe(id: id, rooms: [room, RoomRequest(room: "b"), RoomRequest(room: "c", after: "earliest")], many: true),
      .unsubscribe(id: id, room: "a"), .unsubscribe(id: nil, room: "\n"),
      .publish(id: id, PublishRequest(room: "a", data: .json(Array("[1,{}]".utf8)))),
      .publish(
        id: nil,
        PublishRequest(
          room: "a", name: try EventName("sa\"id"), data: .base64(Array("AAE=".utf8)), echo: false, key: "k\\",
          ephemeral: true)),
      .history(id: id, HistoryRequest(room: "a", after: "k-1", limit: 10)),
      .history(id: nil, HistoryRequest(room: "a", last: 5)), .members(id: id, MembersRequest(room: "a")),
      .members(id: nil, MembersRequest(room: "a", limit: 5, cursor: 9)),
      .auth(id: id, token: "t.t.t"), .ping(id: id), .ping(id: nil),
    ]
  }

  @Test func `the hub reads what a client writes`() throws {
    for message in try messages() { #expect(try ClientMessage.parse(message.encode()) == message) }
  }

  @Test func `the fields stand in the order of the protocol`() throws {
    #expect(
      try messages().prefix(3).map { String(decoding: $0.encode(), as: UTF8.self) } == [
        #"{"type":"subscribe","id":3,"room":"a\"b","after":"k-1","presence":{"name":"Ann"}}"#,
        #"{"type":"subscribe","room":"a"}"#,
        #"{"type":"subscribe","id":3,"rooms":[{"room":"a\"b","after":"k-1","presence":{"name":"Ann"}},{"room":"b"},"#
          + #"{"room":"c","after":"earliest"}]}"#,
      ])
  }
}
