import HubWire
import Testing

@Suite struct ServerMessageTests {
  private let connection = ConnectionID(high: 1, low: 2)
  private let position = Position(epoch: "k3J9", offset: 1042)
  private let id = RequestID(7)

  private func room() throws -> RoomName { try RoomName("chat:1") }
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `welcome`() throws {
    let written = ServerMessage.encodeWelcome(connection: connection, node: "n\"1", ping: 25, user: "ann")
    #expect(
      text(written)
        == #"{"type":"welcome","connection":"00000000000000010000000000000002","node":"n\"1","ping":25,"user":"ann"}"#)
    #expect(
      try ServerMessage.parse(written)
        == .welcome(connection: connection.description, node: "n\"1", ping: 25, user: "ann"))
    let anonymous = ServerMessage.encodeWelcome(connection: connection, node: "n", ping: 0, user: nil)
    #expect(
      try ServerMessage.parse(anonymous)
        == .welcome(connection: connection.description, node: "n", ping: 0, user: nil))
  }

  @Test func `subscribed`() throws {
    let members = bytes(#"[{"user":"ann","info":{}}]"#)
    let full = ServerMessage.encodeSubscribed(
      id: id, room: try room(), position: position, recovered: true,
      newest: Position(epoch: "k3J9", offset: 1050), members: members)
    #expect(
      text(full)
        == #"{"type":"subscribed","id":7,"room":"chat:1","position":"k3J9-1042","recovered":true,"#
        + #""newest":"k3J9-1050","members":[{"user":"ann","info":{}}]}"#)
    #expect(
      try ServerMessage.parse(full)
        == .subscribed(
          id: id, room: "chat:1", position: position, recovered: true,
          newest: Position(epoch: "k3J9", offset: 1050), members: members))
    let least = ServerMessage.encodeSubscribed(id: nil, room: try room(), position: position, recovered: nil)
    #expect(text(least) == #"{"type":"subscribed","room":"chat:1","position":"k3J9-1042"}"#)
    #expect(
      try ServerMessage.parse(least)
        == .subscribed(id: nil, room: "chat:1", position: position, recovered: nil, newest: nil, members: nil))
    let streamed = ServerMessage.encodeSubscribed(
      id: nil, room: try room(), position: position, recovered: false, connection: connection, ping: 25)
    let present = ServerMessage.encodeSubscribed(
      id: nil, room: try room(), position: position, recovered: nil, members: bytes("[]"), count: 2, cursor: 0)
    #expect(text(present).hasSuffix(#""position":"k3J9-1042","members":[],"count":2,"cursor":"0"}"#))
    #expect(
      text(streamed)
        == #"{"type":"subscribed","room":"chat:1","position":"k3J9-1042","recovered":false,"#
        + #""connection":"00000000000000010000000000000002","ping":25}"#)
  }

  @Test func `skip and gap`() throws {
    let skip = ServerMessage.encodeSkip(room: try room(), position: position)
    #expect(text(skip) == #"{"type":"skip","room":"chat:1","offset":1042,"position":"k3J9-1042"}"#)
    #expect(try ServerMessage.parse(skip) == .skip(room: "chat:1", position: position))
    let later = Position(epoch: "x", offset: 3)
    let gap = ServerMessage.encodeGap(room: try room(), from: position, position: later)
    #expect(text(gap) == #"{"type":"gap","room":"chat:1","from":"k3J9-1042","position":"x-3"}"#)
    #expect(try ServerMessage.parse(gap) == .gap(room: "chat:1", from: position, position: later))
  }

  @Test func `join, leave and members`() throws {
    let member = ServerMessage.encodeMember(user: "ann", info: bytes(#"{"name":"Ann"}"#))
    #expect(text(member) == #"{"user":"ann","info":{"name":"Ann"}}"#)
    #expect(text(ServerMessage.encodeMember(user: "b\n", info: nil)) == #"{"user":"b\n"}"#)
    let join = ServerMessage.encodeJoin(room: try room(), member: member)
    #expect(text(join) == #"{"type":"join","room":"chat:1","member":{"user":"ann","info":{"name":"Ann"}}}"#)
    #expect(try ServerMessage.parse(join) == .join(room: "chat:1", member: member))
    let leave = ServerMessage.encodeLeave(room: try room(), member: member)
    #expect(text(leave) == #"{"type":"leave","room":"chat:1","member":{"user":"ann","info":{"name":"Ann"}}}"#)
    #expect(try ServerMessage.parse(leave) == .leave(room: "chat:1", member: member))
    let members = ServerMessage.encodeMembers(id: id, room: try room(), members: bytes("[]"))
    #expect(text(members) == #"{"type":"members","id":7,"room":"chat:1","members":[]}"#)
    #expect(try ServerMessage.parse(members) == .members(id: id, room: "chat:1", members: bytes("[]")))
    let page = ServerMessage.encodeMembers(id: nil, room: try room(), members: bytes("[]"), count: 3, cursor: 17)
    #expect(text(page) == #"{"type":"members","room":"chat:1","members":[],"count":3,"cursor":"17"}"#)
    let body = ServerMessage.membersBody(room: try room(), members: bytes("[]"), count: 0, cursor: nil)
    #expect(text(body) == #"{"room":"chat:1","members":[],"count":0}"#)
  }

  @Test func `unsubscribed`() throws {
    let asked = ServerMessage.encodeUnsubscribed(id: id, room: try room())
    #expect(text(asked) == #"{"type":"unsubscribed","id":7,"room":"chat:1"}"#)
    #expect(try ServerMessage.parse(asked) == .unsubscribed(id: id, room: "chat:1", code: nil))
    let forced = ServerMessage.encodeUnsubscribed(id: nil, room: try room(), code: .forbidden)
    #expect(text(forced) == #"{"type":"unsubscribed","room":"chat:1","code":"FORBIDDEN"}"#)
    #expect(try ServerMessage.parse(forced) == .unsubscribed(id: nil, room: "chat:1", code: "FORBIDDEN"))
  }

  @Test func `published`() throws {
    let kept = ServerMessage.encodePublished(id: id, room: try room(), position: position, duplicate: true)
    #expect(
      text(kept)
        == #"{"type":"published","id":7,"room":"chat:1","position":"k3J9-1042","offset":1042,"duplicate":true}"#)
    #expect(try ServerMessage.parse(kept) == .published(id: id, room: "chat:1", position: position, duplicate: true))
    let ephemeral = ServerMessage.encodePublished(id: nil, room: try room(), position: nil, duplicate: false)
    #expect(text(ephemeral) == #"{"type":"published","room":"chat:1","duplicate":false}"#)
    #expect(
      try ServerMessage.parse(ephemeral) == .published(id: nil, room: "chat:1", position: nil, duplicate: false))
    for queued in [true, false] {
      let fallback = ServerMessage.encodePublished(
        id: nil, room: try room(), position: nil, duplicate: false, queued: queued)
      #expect(text(fallback) == #"{"type":"published","room":"chat:1","duplicate":false,"queued":\#(queued)}"#)
      #expect(
        try ServerMessage.parse(fallback)
          == .published(id: nil, room: "chat:1", position: nil, duplicate: false, queued: queued))
    }
  }

  @Test func `history holds events as their frames show them`() throws {
    let frames = try (1...3).map { offset in
      ServerMessage.eventFrame(
        room: try room(), position: Position(epoch: "k", offset: UInt64(offset)), name: .message,
        data: .json(bytes("[\(offset)]")), time: Int64(offset), user: nil)
    }
    let written = ServerMessage.encodeHistory(
      id: id, room: try room(), position: Position(epoch: "k", offset: 3), recovered: true, events: frames, more: true)
    let events = try frames.map { frame in
      guard case .event(let event) = try ServerMessage.parse(Array(frame.json)) else { throw HubError(.internal, "") }
      return event
    }
    guard case .history(let answered, "chat:1", let newest, true, let read, true) = try ServerMessage.parse(written)
    else { throw HubError(.internal, text(written)) }
    #expect(answered == id && newest.description == "k-3" && read == events)
    #expect(read.map { $0.data } == (1...3).map { .json(bytes("[\($0)]")) })

    let none = ServerMessage.encodeHistory(
      id: nil, room: try room(), position: position, recovered: false, events: [], more: false)
    #expect(
      text(none)
        == #"{"type":"history","room":"chat:1","position":"k3J9-1042","recovered":false,"events":[],"more":false}"#)
    let body = ServerMessage.historyBody(
      room: try room(), position: position, recovered: true, events: [frames[0]], more: false)
    #expect(
      text(body)
        == #"{"room":"chat:1","position":"k3J9-1042","recovered":true,"events":["# + text(Array(frames[0].json))
        + #"],"more":false}"#)
  }

  @Test func `reconnect, error and pong`() throws {
    #expect(text(ServerMessage.encodeReconnect(delay: 1830)) == #"{"type":"reconnect","delay":1830}"#)
    #expect(try ServerMessage.parse(ServerMessage.encodeReconnect(delay: 1830)) == .reconnect(delay: 1830))
    let error = ServerMessage.encodeError(id: id, room: "b\"ad", HubError(.rateLimited, "slow \"down\""))
    #expect(
      text(error)
        == #"{"type":"error","id":7,"room":"b\"ad","code":"RATE_LIMITED","detail":"slow \"down\"","temporary":true}"#)
    #expect(
      try ServerMessage.parse(error)
        == .error(id: id, room: "b\"ad", code: "RATE_LIMITED", detail: "slow \"down\"", temporary: true))
    let plain = ServerMessage.encodeError(id: nil, HubError(.forbidden, "no"))
    #expect(text(plain) == #"{"type":"error","code":"FORBIDDEN","detail":"no","temporary":false}"#)
    #expect(text(ServerMessage.encodePong(id: id)) == #"{"type":"pong","id":7}"#)
    #expect(try ServerMessage.parse(ServerMessage.encodePong(id: nil)) == .pong(id: nil))
  }

  @Test func `an id comes back byte for byte`() throws {
    for json in ["1", "-1.50e3", "\"a\\u0041\\\"\"", "\"é\""] {
      let request = bytes("{\"type\":\"ping\",\"id\":\(json)}")
      guard case .ping(let id?) = try ClientMessage.parse(request) else { throw HubError(.internal, json) }
      #expect(text(ServerMessage.encodePong(id: id)) == "{\"type\":\"pong\",\"id\":\(json)}")
      #expect(try ServerMessage.parse(ServerMessage.encodePong(id: id)) == .pong(id: id))
    }
  }

  @Test func `data as deep as it may be is read from an event and from history`() throws {
    let depth = JSONScanner.maximumDepth
    let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let frame = ServerMessage.eventFrame(
      room: try room(), position: position, name: .message, data: try EventData(json: bytes(deep)), time: 0, user: nil)
    #expect(throws: Never.self) { try ServerMessage.parse(Array(frame.json)) }
    let page = ServerMessage.encodeHistory(
      id: nil, room: try room(), position: position, recovered: true, events: [frame], more: false)
    #expect(throws: Never.self) { try ServerMessage.parse(page) }
  }

  @Test func `what a newer hub says is passed over`() throws {
    #expect(try ServerMessage.parse(bytes(#"{"type":"new","x":[1]}"#)) == .other(type: "new"))
    #expect(try ServerMessage.parse(bytes(#"{"new":{},"type":"pong","id":null}"#)) == .pong(id: nil))
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"type":1}"#, #"{"type":"event"}"#, #"{"type":"event","event":"a"}"#,
    #"{"type":"event","event":"a","dataBase64":"A"}"#, #"{"type":"event","event":"a","data":1,"position":"x"}"#,
    #"{"type":"skip","room":"a"}"#, #"{"type":"gap","room":"a","position":"k-1"}"#, #"{"type":"subscribed"}"#,
    #"{"type":"history","room":"a","position":"k-1"}"#, #"{"type":"history","room":"a","position":"k-1","events":[1]}"#,
    #"{"type":"join","room":"a"}"#, #"{"type":"error"}"#, #"{"type":"reconnect","delay":-1}"#,
  ])
  func `what no hub says is an error`(_ text: String) {
    #expect(throws: HubError.self) { try ServerMessage.parse(bytes(text)) }
  }
}
