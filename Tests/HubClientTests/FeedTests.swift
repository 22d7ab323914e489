import HubWire
import Testing

@testable import HubClient

@Suite struct FeedTests {
  private static func event(_ json: String) throws -> ClientEvent {
    let json = Array(json.utf8)
    return .event(RoomEvent(try ReceivedEvent(try JSONObject(parsing: json)), json: json))
  }

  private static func ofRoom() throws -> ClientEvent {
    try event(#"{"type":"event","room":"a","offset":1,"position":"e-1","event":"x","data":1,"time":2}"#)
  }

  private static func ofUser() throws -> ClientEvent {
    try event(#"{"type":"event","user":"ann","event":"x","data":1,"time":2}"#)
  }

  private static func taken(from feed: Feed) async -> [String] {
    await feed.take().items.map { event in
      switch event {
      case .event(let event): event.room ?? "user"
      case .missed(let count): "missed \(count)"
      case .state(let state): "\(state)"
      case .connected(let connection, _, _): connection
      case .closed: "closed"
      default: "else"
      }
    }
  }

  @Test func aRoomsFeedTakesEventsOfRoomsAlone() async throws {
    let feed = Feed(.room, rooms: ["a"], bufferedBytes: 10_000)
    for event in [.state(.live), try Self.ofUser(), try Self.ofRoom()] { feed.collect(event) }
    feed.finish()
    #expect(await Self.taken(from: feed) == ["a"])
  }

  @Test func whatIsAboutNoRoomDoesNotPileUpWhileItIsHeld() async throws {
    let feed = Feed(.everything, rooms: ["a"], bufferedBytes: 1)
    feed.collect(try Self.ofRoom())
    #expect(feed.deliver())
    feed.hold()
    for index in 1...100 {
      feed.collect(try Self.ofUser())
      feed.collect(.connected(connection: "c\(index)", node: "n", user: nil))
      for state in [ConnectionState.connecting, .catchingUp] { feed.collect(.state(state)) }
      #expect(!feed.deliver())
    }
    #expect(await Self.taken(from: feed) == ["a"])
    feed.release()
    #expect(feed.deliver())
    #expect(await Self.taken(from: feed) == ["missed 100", "c100", "catchingUp"])
  }

  @Test func whatWasKeptBackComesBeforeTheEnd() async throws {
    let feed = Feed(.everything, rooms: [], bufferedBytes: 1)
    feed.hold()
    feed.collect(try Self.ofUser())
    feed.collect(.closed(code: nil, reason: ""))
    feed.finish()
    #expect(await Self.taken(from: feed) == ["missed 1", "closed"])
  }
}
