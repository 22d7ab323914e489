import HubIO
import HubServer
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// What a hub brings a user without being asked: events that are sent to the user, and rooms that the token names.
@Suite(.timeLimit(.minutes(10))) struct UserTests {
  /// A service that may do everything.
  private struct Service {
    let url: HubURL
    let publisher: EventPublisher

    init() throws {
      let key = APIKey.random()
      url = try TokenTests.hub(key: key)
      publisher = EventPublisher(
        peer: HubPeer(url: url, authorities: .system, credential: try Credential(key)),
        options: EventPublisher.Options())
    }

    func client(rooms: String = "", bufferedBytes: Int = 1 << 20) -> Roomcast {
      TokenTests.hub(url, .token { try TokenTests.token(3_600, rooms: rooms) }, bufferedBytes: bufferedBytes)
    }

    func send(_ data: String, to user: String) async throws {
      let fields: HTTPFields = ["Content-Type": "application/json"]
      let question = HubQuestion(post: "/v1/users/\(user)/events", fields: fields, body: Array(data.utf8))
      _ = try await publisher.ask(question)
    }

    /// Returns once so many are subscribed to the room.
    func wait(for count: Int64, in room: String) async throws {
      while true {
        let answer = try await publisher.ask(HubQuestion(get: "/v1/rooms/\(room)"))
        if try JSONObject(parsing: answer.body).integer("subscribers", in: 0...1_000) == count { return }
      }
    }
  }

  @Test func `a loop over a room gets nothing that was sent to the user`() async throws {
    let service = try Service()
    let hub = service.client()
    var room = hub.room("a", after: .earliest).makeAsyncIterator()
    try await hub.publish("1", to: "a")
    #expect(try await room.next()?.text == "1")
    for await event in hub.events(of: []) {
      if case .connected = event { try await service.send("2", to: "ann") }
      guard case .event(let event) = event else { continue }
      #expect(event.room == nil && event.text == "2")
      break
    }
    try await hub.publish("3", to: "a")
    #expect(try await room.next()?.text == "3")
    await hub.close()
  }

  @Test func `of a consumer that lags a room that the token names is left, too, and what the user misses is counted`()
    async throws
  {
    let service = try Service()
    let hub = service.client(rooms: #""news""#, bufferedBytes: 100_000)
    var events = hub.events(of: []).makeAsyncIterator()
    while let event = await events.next() { if case .subscribed = event { break } }
    let report = try await service.publisher.publish(
      lines: NumberedEnvelopes(room: try RoomName("news"), count: 3_000))
    #expect(report.accepted == 3_000)
    try await service.wait(for: 0, in: "news")
    for number in 1...100 { try await service.send("\(number)", to: "ann") }
    var offsets: [UInt64] = []
    var ofUser = 0
    while offsets.count < 3_000 || ofUser < 100, let event = await events.next() {
      switch event {
      case .event(let event) where event.room == nil: ofUser += 1
      case .event(let event): offsets.append(event.offset ?? 0)
      case .missed(let count): ofUser += count
      case .gap, .notRecovered: Issue.record("\(event)")
      default: break
      }
    }
    #expect(offsets == Array(1...3_000) && ofUser == 100)
    await hub.close()
  }
}
