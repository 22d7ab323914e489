import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

@Suite(.timeLimit(.minutes(10))) struct EventPublisherTests {
  private static var patient: EventPublisher.Options {
    var options = EventPublisher.Options()
    options.tries = 50
    options.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(5), random: SeededRandom(seed: 1))
    return options
  }

  @Test func aLostAnswerIsAskedForAgainAndNothingIsPublishedTwice() async throws {
    let room = try RoomName("retries")
    let random = Lock(SeededRandom(seed: 11))
    // Most connections lose the answer, or a part of it, after the hub has taken the event.
    let proxy = try await CuttingProxy(to: HubFixture.url) { _ in
      random.withLock { Int.random(in: 1...800, using: &$0) }
    }
    let publisher = EventPublisher(url: proxy.url, options: Self.patient)
    for number in 1...50 {
      let receipt = try await publisher.publish(Array("\(number)".utf8), to: room)
      #expect(receipt.position?.offset == UInt64(number))
    }
    #expect(proxy.cuts > 10)
    let client = RoomClient(url: HubFixture.url, rooms: [.init(room, after: .earliest)])
    #expect(await client.collect(50) == (1...50).map { "\($0) \($0)" })
    await client.close()
  }

  @Test func theSameKeyPublishesOnce() async throws {
    let room = try RoomName("keys")
    let publisher = EventPublisher(url: HubFixture.url)
    let first = try await publisher.publish(Array("1".utf8), to: room, key: "k")
    let second = try await publisher.publish(Array("1".utf8), to: room, key: "k")
    #expect(!first.isDuplicate && second.isDuplicate)
    #expect(first.position == second.position)
    let conflict = await #expect(throws: ClientError.self) {
      try await publisher.publish(Array("2".utf8), to: room, key: "k")
    }
    guard case .refused(let refusal) = conflict else { return #expect(Bool(false), "it was not refused") }
    #expect(refusal.code == "CONFLICT" && refusal.status == 409)
  }

  @Test func nameAndEphemeralityTravel() async throws {
    let room = try RoomName("names")
    let client = RoomClient(url: HubFixture.url, rooms: [.init(room)])
    let publisher = EventPublisher(url: HubFixture.url)
    for await event in client.events {
      if case .subscribed = event {
        let receipt = try await publisher.publish(
          Array("[1]".utf8), to: room, event: try EventName("höher & weiter?"), isEphemeral: true)
        #expect(receipt.position == nil && receipt.subscribers == 1)
      }
      guard case .event(let event) = event else { continue }
      #expect(event.name == "höher & weiter?")
      #expect(event.offset == nil)
      break
    }
    await client.close()
  }

  @Test func concurrentCallsShareOneConnection() async throws {
    let room = try RoomName("together")
    let publisher = EventPublisher(url: HubFixture.url)
    let offsets = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 1...50 {
        group.addTask { try await publisher.publish(Array("\(number)".utf8), to: room).position?.offset ?? 0 }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(offsets == Set(1...50))
  }

  @Test func aHubThatIsNotThereIsGivenUp() async throws {
    var options = Self.patient
    options.tries = 3
    let publisher = EventPublisher(url: try HubURL("http://127.0.0.1:1"), options: options)
    let room = try RoomName("x")
    let error = await #expect(throws: ClientError.self) { try await publisher.publish(Array("1".utf8), to: room) }
    guard case .unreachable = error else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test func keysAreLongAndNeverTheSame() {
    let keys = (0..<1_000).map { _ in RandomKey.random() }
    #expect(Set(keys).count == 1_000)
    #expect(keys.allSatisfy { $0.utf8.count == 32 })
  }
}
