import HubRooms
import HubWire
import Testing

@testable import HubServer

@Suite struct SessionTests {
  /// What a message leads to, in short.
  private static func actions(
    _ message: String, subscribed: [String] = [], maximum: Int = 3, isDraining: Bool = false,
    grant: Grant = .open
  ) throws -> [String] {
    let rooms = try subscribed.map { try RoomName($0) }
    let session = Session(maximumRooms: maximum, isDraining: isDraining, grant: grant, infoBytes: 16)
    return session.receive(Array(message.utf8), subscribed: rooms).map(describe)
  }

  private static func describe(_ action: SessionAction) -> String {
    func id(_ id: RequestID?) -> String { id.map { String(decoding: $0.json, as: UTF8.self) } ?? "-" }
    switch action {
    case .answer(let json): return String(decoding: json, as: UTF8.self)
    case .fail(let error, let request, let room): return "fail \(id(request)) \(error.code.rawValue) \(room ?? "-")"
    case .close(let error): return "close \(error.code.rawValue)"
    case .subscribe(let room, let request):
      let after = room.after.map { if case .position(let position) = $0 { "\(position)" } else { "earliest" } }
      let seen = room.presence.map { " seen as " + String(decoding: $0, as: UTF8.self) } ?? ""
      return "subscribe \(id(request)) \(room.room.text) \(after ?? "-")\(seen)"
    case .unsubscribe(let room, let request): return "unsubscribe \(id(request)) \(room.text)"
    case .publish(let room, let request, let number): return "publish \(id(number)) \(room.text) \(request.name.text)"
    case .authenticate(let token, let request): return "authenticate \(id(request)) \(token)"
    case .history(let room, let query, let limit, let request):
      let which = if case .last(let count) = query { "last \(count)" } else { "after" }
      return "history \(id(request)) \(room.text) \(which) \(limit)"
    case .members(let room, let cursor, let limit, let request):
      return "members \(id(request)) \(room.text) \(cursor.map(String.init) ?? "-") \(limit)"
    }
  }

  @Test(arguments: [
    (#"{"type":"ping","id":7}"#, [#"{"type":"pong","id":7}"#]),
    (#"{"type":"subscribe","id":1,"room":"a"}"#, ["subscribe 1 a -"]),
    (#"{"type":"subscribe","room":"a","after":"e-5"}"#, ["subscribe - a e-5"]),
    (#"{"type":"subscribe","room":"a","after":"earliest"}"#, ["subscribe - a earliest"]),
    (#"{"type":"subscribe","id":1,"room":"a","after":"x"}"#, ["fail 1 INVALID_POSITION a"]),
    (#"{"type":"subscribe","id":1,"room":"a b"}"#, ["fail 1 INVALID_ROOM a b"]),
    (#"{"type":"subscribe","id":1,"room":"held"}"#, ["fail 1 CONFLICT held"]),
    (
      #"{"type":"subscribe","id":1,"rooms":[{"room":"a"},{"room":"held"},{"room":"b","after":"e-1"}]}"#,
      ["subscribe 1 a -", "fail 1 CONFLICT held", "subscribe 1 b e-1"]
    ),
    (#"{"type":"subscribe","id":1,"rooms":[{"room":"a"},{"room":"a"}]}"#, ["subscribe 1 a -", "fail 1 CONFLICT a"]),
    (
      #"{"type":"subscribe","id":1,"rooms":[{"room":"a"},{"room":"b"},{"room":"c"}]}"#,
      ["subscribe 1 a -", "subscribe 1 b -", "fail 1 TOO_MANY_ROOMS c"]
    ),
    (#"{"type":"unsubscribe","id":2,"room":"never"}"#, ["unsubscribe 2 never"]),
    (#"{"type":"publish","id":3,"room":"a","event":"said","data":1}"#, ["publish 3 a said"]),
    (#"{"type":"publish","id":3,"room":"..","data":1}"#, ["fail 3 INVALID_ROOM -"]),
    (#"{"type":"publish","id":3,"room":"a","event":"roomcast:x","data":1}"#, ["fail 3 INVALID_EVENT -"]),
    (#"{"type":"history","id":4,"room":"a","last":5}"#, ["history 4 a last 5 100"]),
    (#"{"type":"history","id":4,"room":"a","after":"e-1","limit":9}"#, ["history 4 a after 9"]),
    (#"{"type":"history","id":4,"room":"a"}"#, ["history 4 a last 100 100"]),
    (#"{"type":"history","id":4,"room":"a","after":"e-1","last":3}"#, ["fail 4 INVALID_REQUEST -"]),
    (#"{"type":"nothing","id":5}"#, ["fail 5 INVALID_REQUEST -"]),
    (#"{"type":"ping""#, ["close INVALID_JSON"]),
  ])
  func `what a message leads to`(_ message: String, actions: [String]) throws {
    #expect(try Self.actions(message, subscribed: ["held"]) == actions)
  }

  private static func ann(presence: String) throws -> Grant {
    Grant(
      source: .token("k"), user: "ann", publish: [.all], read: [try RoomPattern("chat:*")],
      presence: [try RoomPattern(presence)])
  }

  @Test(arguments: [
    (#"{"type":"subscribe","id":1,"room":"chat:1","presence":{"n": 1}}"#, #"subscribe 1 chat:1 - seen as {"n": 1}"#),
    (#"{"type":"subscribe","id":1,"room":"chat:2","presence":{}}"#, "fail 1 FORBIDDEN chat:2"),
    (#"{"type":"subscribe","id":1,"room":"a","presence":{}}"#, "fail 1 FORBIDDEN a"),
    (#"{"type":"subscribe","id":1,"room":"chat:1","presence":{"n":"123456789"}}"#, "fail 1 PAYLOAD_TOO_LARGE chat:1"),
    (#"{"type":"subscribe","id":1,"room":"chat:1","presence":[]}"#, "fail 1 INVALID_REQUEST -"),
    (#"{"type":"members","id":1,"room":"chat:1"}"#, "members 1 chat:1 - 100"),
    (#"{"type":"members","id":1,"room":"chat:1","limit":5,"cursor":"17"}"#, "members 1 chat:1 17 5"),
    (#"{"type":"members","id":1,"room":"a"}"#, "fail 1 FORBIDDEN -"),
  ])
  func `who may be seen, and see`(_ message: String, action: String) throws {
    #expect(try Self.actions(message, grant: Self.ann(presence: "chat:1")) == [action])
  }

  @Test func `on an open hub nobody can be seen`() throws {
    let message = #"{"type":"subscribe","id":1,"room":"chat:1","presence":{}}"#
    #expect(try Self.actions(message) == ["fail 1 FORBIDDEN chat:1"])
  }

  @Test func `while draining nothing is subscribed and all else goes on`() throws {
    let subscribe = #"{"type":"subscribe","id":1,"room":"a"}"#
    #expect(try Self.actions(subscribe, isDraining: true) == ["fail 1 DRAINING a"])
    #expect(try Self.actions(#"{"type":"unsubscribe","room":"a"}"#, isDraining: true) == ["unsubscribe - a"])
  }
}
