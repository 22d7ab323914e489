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
    let hub = Roomcast(url: HubFixture.url)
    #expect(try await hub.room(room.text, after: .earliest).collect(50) == (1...50).map { "\($0) \($0)" })
    await hub.close()
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
    let hub = Roomcast(url: HubFixture.url)
    let publisher = EventPublisher(url: HubFixture.url)
    for await event in hub.events(of: [hub.room(room.text)]) {
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
    await hub.close()
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

  // MARK: Cancelling

  @Test func `a cancelled publish ends at once, and those behind it go on`() async throws {
    // The first request is never answered.
    let server = try await ScriptedServer { $0 == 0 ? .silence : .answer(ScriptedServer.created) }
    let publisher = EventPublisher(url: server.url)
    let room = try RoomName("a")
    let silent = Task { try await publisher.publish(Array("1".utf8), to: room) }
    while server.requests.isEmpty { await Task.yield() }
    let waiting = Task { try await publisher.publish(Array("2".utf8), to: room) }
    async let behind = publisher.publish(Array("3".utf8), to: room)
    waiting.cancel()
    await #expect { try await waiting.value } throws: { if case ClientError.cancelled = $0 { true } else { false } }
    silent.cancel()
    await #expect { try await silent.value } throws: { if case ClientError.cancelled = $0 { true } else { false } }
    #expect(try await behind.position?.offset == 1)
    // Neither of the two is sent behind the caller's back.
    #expect(server.requests.count(where: { $0.last == UInt8(ascii: "1") }) == 1)
    #expect(server.requests.count(where: { $0.last == UInt8(ascii: "2") }) == 0)
  }

  @Test func `a cancelled stream and one of a client that is closed end at once`() async throws {
    let server = try await ScriptedServer { _ in .silence }
    let hub = Roomcast(url: server.url)
    let lines = NumberedEnvelopes(room: try RoomName("a"), count: 1_000_000)
    let cancelled = Task { try await hub.publish(lines: lines) }
    let closed = Task { try await hub.publish(lines: lines) }
    while await hub.publisher.streams.count < 2 { await Task.yield() }
    cancelled.cancel()
    await #expect { try await cancelled.value } throws: { if case ClientError.cancelled = $0 { true } else { false } }
    await hub.close()
    await #expect { try await closed.value } throws: { if case ClientError.closed = $0 { true } else { false } }
  }
}
