import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

@Suite(.timeLimit(.minutes(10))) struct RoomClientTests {
  private static let quick = Backoff(base: .milliseconds(1), cap: .milliseconds(5), random: SeededRandom(seed: 1))

  private static func numbers(_ count: Int) -> [String] { (1...count).map { "\($0) \($0)" } }

  @Test func whatIsPublishedComesInOrder() async throws {
    let room = try RoomName("order")
    let client = RoomClient(url: HubFixture.url, rooms: [.init(room, after: .earliest)])
    let publisher = EventPublisher(url: HubFixture.url)
    for number in 1...100 {
      let receipt = try await publisher.publish(Array("\(number)".utf8), to: room)
      #expect(receipt.position?.offset == UInt64(number))
    }
    #expect(await client.collect(100) == Self.numbers(100))
    await client.close()
  }

  @Test func fiftyCutsLoseNothingAndDoubleNothing() async throws {
    let room = try RoomName("cuts")
    let random = Lock(SeededRandom(seed: 42))
    let proxy = try await CuttingProxy(to: HubFixture.url) { index in
      index < 50 ? random.withLock { Int.random(in: 300...16_000, using: &$0) } : nil
    }
    let client = RoomClient(url: proxy.url, rooms: [.init(room, after: .earliest)], backoff: Self.quick)
    async let report = EventPublisher(url: HubFixture.url).publish(
      lines: NumberedEnvelopes(room: room, count: 10_000))
    let collected = await client.collect(10_000)
    #expect(collected == Self.numbers(10_000))
    // A connection may end otherwise before its bytes are used up; nearly all are cut.
    #expect(proxy.cuts > 40)
    #expect(try await report.accepted == 10_000)
    await client.close()
  }

  @Test func severalRoomsAreResumedEachFromItsOwnPlace() async throws {
    let names = try (1...5).map { try RoomName("several:\($0)") }
    let random = Lock(SeededRandom(seed: 7))
    let proxy = try await CuttingProxy(to: HubFixture.url) { index in
      index < 20 ? random.withLock { Int.random(in: 1_000...8_000, using: &$0) } : nil
    }
    let client = RoomClient(
      url: proxy.url, rooms: names.map { .init($0, after: .earliest) }, backoff: Self.quick)
    for name in names {
      _ = try await EventPublisher(url: HubFixture.url).publish(lines: NumberedEnvelopes(room: name, count: 500))
    }
    var offsets: [String: [UInt64]] = [:]
    var left = 2_500
    for await case .event(let event) in client.events {
      offsets[event.room ?? "", default: []].append(event.offset ?? 0)
      left -= 1
      if left == 0 { break }
    }
    #expect(offsets.count == 5)
    for (_, offsets) in offsets { #expect(offsets == Array(1...500)) }
    #expect(proxy.cuts > 15)
    await client.close()
  }

  @Test func aConsumerThatLagsHoldsTheReaderBackAndLosesNothing() async throws {
    let room = try RoomName("lag")
    let client = RoomClient(
      url: HubFixture.url, rooms: [.init(room, after: .earliest)], bufferedBytes: 20_000)
    let report = try await EventPublisher(url: HubFixture.url).publish(
      lines: NumberedEnvelopes(room: room, count: 20_000))
    #expect(report.accepted == 20_000)
    #expect(await client.collect(20_000) == Self.numbers(20_000))
    await client.close()
  }

  @Test func aHubThatIsNotThereYetIsTriedAgain() async throws {
    let unused = try HubURL("http://127.0.0.1:1")
    let client = RoomClient(url: unused, rooms: [.init(try RoomName("none"))], backoff: Self.quick)
    var losses = 0
    for await event in client.events {
      guard case .disconnected(let reason, _) = event else { continue }
      #expect(reason.contains("Connection refused"))
      losses += 1
      if losses == 3 { break }
    }
    #expect(losses == 3)
    await client.close()
  }

  @Test func aMalformedPositionIsRefusedForGood() async throws {
    // Too long for the hub, which a client that made it up would be told.
    let after = ResumePoint.position(Position(epoch: String(repeating: "x", count: 40), offset: 1))
    let client = RoomClient(url: HubFixture.url, rooms: [.init(try RoomName("bad"), after: after)])
    var last: ClientEvent?
    var refusals: [String] = []
    for await event in client.events {
      if case .refused(_, let refusal) = event { refusals.append(refusal.code) }
      last = event
    }
    #expect(refusals == ["INVALID_POSITION"])
    guard case .closed(let code, let reason) = last else { return #expect(Bool(false), "it did not end") }
    #expect(code == nil && reason.contains("INVALID_POSITION"))
  }

  @Test func anUnknownPositionIsNotRecovered() async throws {
    let after = ResumePoint.position(Position(epoch: "elsewhere", offset: 7))
    let client = RoomClient(url: HubFixture.url, rooms: [.init(try RoomName("fresh"), after: after)])
    var isRecovered: Bool?
    for await event in client.events {
      if case .notRecovered = event { isRecovered = false }
      if case .event = event { break }
      if isRecovered != nil { break }
    }
    #expect(isRecovered == false)
    await client.close()
  }

  @Test func closeEndsTheEvents() async throws {
    let client = RoomClient(url: HubFixture.url, rooms: [.init(try RoomName("closing"))])
    var count = 0
    for await event in client.events {
      count += 1
      if case .subscribed = event { await client.close() }
    }
    #expect(count == 2)
  }
}
