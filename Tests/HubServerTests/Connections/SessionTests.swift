import HubRooms
import HubWire
import Testing

@testable import HubServer

@Suite struct SessionTests {
  /// What a message leads to, in short.
  private static func actions(
    _ message: String, subscribed: [String] = [], maximum: Int = 3, isDraining: Bool = false
  ) throws -> [String] {
    let rooms = try subscribed.map { try RoomName($0) }
    let session = Session(maximumRooms: maximum, isDraining: isDraining, grant: .open)
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
      return "subscribe \(id(request)) \(room.room.text) \(after ?? "-")"
    case .unsubscribe(let room, let request): return "unsubscribe \(id(request)) \(room.text)"
    case .publish(let room, let request, let number): return "publish \(id(number)) \(room.text) \(request.name.text)"
    case .authenticate(let token, let request): return "authenticate \(id(request)) \(token)"
    case .history(let room, let query, let limit, let request):
      let which = if case .last(let count) = query { "last \(count)" } else { "after" }
      return "history \(id(request)) \(room.text) \(which) \(limit)"
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

  @Test func `while draining nothing is subscribed and all else goes on`() throws {
    let subscribe = #"{"type":"subscribe","id":1,"room":"a"}"#
    #expect(try Self.actions(subscribe, isDraining: true) == ["fail 1 DRAINING a"])
    #expect(try Self.actions(#"{"type":"unsubscribe","room":"a"}"#, isDraining: true) == ["unsubscribe - a"])
  }
}
