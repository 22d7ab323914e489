import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// A client before a real hub, over connections that are cut.
@Suite(.timeLimit(.minutes(10))) struct RoomcastTests {
  private static let quick = Backoff(base: .milliseconds(1), cap: .milliseconds(5), random: SeededRandom(seed: 1))

  private static func numbers(_ count: Int) -> [String] { (1...count).map { "\($0) \($0)" } }

  @Test func `what is published comes in order`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let room = hub.room("order", after: .earliest)
    for number in 1...100 {
      let receipt = try await room.publish("\(number)")
      #expect(receipt.position?.offset == UInt64(number))
    }
    #expect(try await room.collect(100) == Self.numbers(100))
    await hub.close()
  }

  @Test func `fifty cuts lose nothing and double nothing`() async throws {
    let room = try RoomName("cuts")
    let random = Lock(SeededRandom(seed: 42))
    let proxy = try await CuttingProxy(to: HubFixture.url) { index in
      index < 50 ? random.withLock { Int.random(in: 300...16_000, using: &$0) } : nil
    }
    let hub = Roomcast(proxy.url, backoff: Self.quick)
    async let report = EventPublisher(url: HubFixture.url).publish(
      lines: NumberedEnvelopes(room: room, count: 10_000))
    let collected = try await hub.room("cuts", after: .earliest).collect(10_000)
    #expect(collected == Self.numbers(10_000))
    // How many depends on how much comes at once.
    #expect(proxy.cuts > 0)
    #expect(try await report.accepted == 10_000)
    await hub.close()
  }

  @Test func `several rooms are resumed each from its own place`() async throws {
    let names = (1...5).map { "several:\($0)" }
    let random = Lock(SeededRandom(seed: 7))
    let proxy = try await CuttingProxy(to: HubFixture.url) { index in
      index < 20 ? random.withLock { Int.random(in: 1_000...8_000, using: &$0) } : nil
    }
    let hub = Roomcast(proxy.url, backoff: Self.quick)
    for name in names {
      _ = try await EventPublisher(url: HubFixture.url).publish(
        lines: NumberedEnvelopes(room: try RoomName(name), count: 500))
    }
    var offsets: [String: [UInt64]] = [:]
    var left = 2_500
    for await event in hub.events(of: names.map { hub.room($0, after: .earliest) }) {
      guard case .event(let event) = event else { continue }
      offsets[event.room ?? "", default: []].append(event.offset ?? 0)
      left -= 1
      if left == 0 { break }
    }
    #expect(offsets.count == 5)
    for (_, offsets) in offsets { #expect(offsets == Array(1...500)) }
    #expect(proxy.cuts > 0)
    await hub.close()
  }

  @Test func `a hub that is not there yet is tried again`() async throws {
    let hub = Roomcast(try HubURL("http://127.0.0.1:1"), backoff: Self.quick)
    var losses = 0
    for await event in hub.events(of: [hub.room("none")]) {
      guard case .state(.offline(let reason, _?)) = event else { continue }
      #expect(reason.contains("Connection refused"))
      losses += 1
      if losses == 3 { break }
    }
    #expect(losses == 3)
    await hub.close()
  }

  @Test func `close ends every loop, and what comes after it is refused`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    async let states = hub.states.reduce(into: [ConnectionState]()) { $0.append($1) }
    async let events = hub.room("closing").collect(1)
    for await event in hub.events(of: [hub.room("closing:2")]) {
      if case .state(.live) = event { await hub.close() }
    }
    #expect(try await events == [])
    #expect(await states.last == .offline(reason: "the client was closed", retryIn: nil))
    await #expect { try await hub.room("closing").collect(1) } throws: { "\($0)" == "the client was closed" }
    await #expect { try await hub.publish("1", to: "closing") } throws: { "\($0)" == "the client was closed" }
  }

  @Test func `a client that nobody holds any more leaves`() async throws {
    var states: AsyncStream<ConnectionState>
    do {
      let hub = Roomcast(url: HubFixture.url)
      states = hub.states
      for await event in hub.events(of: []) { if case .state(.live) = event { break } }
    }
    var last: ConnectionState?
    for await state in states { last = state }
    #expect(last == .offline(reason: "the client was closed", retryIn: nil))
  }

  // MARK: What is refused

  @Test func `a malformed position is refused for good`() async throws {
    // Too long for the hub, which a client that made it up would be told.
    let after = ResumePoint.position(Position(epoch: String(repeating: "x", count: 40), offset: 1))
    let hub = Roomcast(url: HubFixture.url)
    let error = await #expect(throws: ClientError.self) { try await hub.room("bad", after: after).collect(1) }
    #expect("\(error!)".hasPrefix("INVALID_POSITION"))
    var told: [String] = []
    for await event in hub.events(of: [hub.room("bad", after: after)]) {
      if case .refused(_, let refusal) = event { told.append(refusal.code) }
      if case .closed(let code, let reason) = event { told.append("\(code == nil) \(reason.prefix(16))") }
    }
    #expect(told == ["INVALID_POSITION", "true INVALID_POSITION"])
    // It harms no other room.
    #expect(try await hub.publish("1", to: "good").position != nil)
    #expect(try await hub.room("good", after: .earliest).collect(1) == ["1 1"])
    await hub.close()
  }

  @Test(arguments: [("no room", nil), ("a", "[1]"), ("a", "{"), ("a", "{}x")] as [(String, String?)])
  func `what no hub would take is not asked for`(name: String, presence: String?) async throws {
    let hub = Roomcast(url: try HubURL("http://127.0.0.1:1"))
    let room = hub.room(name, presence: presence)
    let error = await #expect(throws: ClientError.self) { try await room.collect(1) }
    guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(refusal.code.hasPrefix("INVALID_") && !refusal.isTemporary)
    var iterator = room.makeAsyncIterator()
    await #expect(throws: ClientError.self) { try await iterator.next() }
    #expect(try await iterator.next() == nil)
    var told: [String] = []
    for await event in hub.events(of: [room]) {
      if case .refused(name, _) = event { told.append("refused") }
      if case .closed = event { told.append("closed") }
    }
    #expect(told == ["refused", "closed"])
  }

  @Test func `a room that is deleted ends its loop with the reason`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let publisher = EventPublisher(url: HubFixture.url)
    _ = try await hub.publish("1", to: "deleted")
    let error = await #expect(throws: ClientError.self) {
      for try await _ in hub.room("deleted", after: .earliest) {
        _ = try await publisher.ask(HubQuestion(method: .delete, target: "/v1/rooms/deleted"))
      }
    }
    #expect("\(error!)" == "NOT_FOUND: the hub has taken the room away")
    await hub.close()
  }

  @Test func `bytes of JSON are published as they are`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let room = hub.room("bytes", after: .earliest)
    try await room.publish(Array(#"{"n": 1}"#.utf8))
    var iterator = room.makeAsyncIterator()
    #expect(try await iterator.next()?.text == #"{"n": 1}"#)
    await hub.close()
  }

  // MARK: Gaps and history

  @Test func `a position that is not kept any more is a gap before the next event`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let told = Lock<[String]>([])
    let after = ResumePoint.position(Position(epoch: "elsewhere", offset: 7))
    let room = hub.room("gap", after: after) { gap in
      told.withLock { $0.append("gap \(gap.from.map { "\($0)" } ?? "-") \(gap.position.offset)") }
      _ = try? await hub.publish("2", to: "gap")
    }
    _ = try await hub.publish("1", to: "gap")
    for try await event in room {
      told.withLock { $0.append("event \(event.offset ?? 0)") }
      break
    }
    #expect(told.withLock { $0 } == ["gap elsewhere-7 1", "event 2"])
    await hub.close()
  }

  @Test func `history comes in pages`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let room = hub.room("pages")
    for number in 1...5 { try await room.publish(#"{"n":\#(number)}"#, event: "x") }
    let newest = try await room.history(limit: 2)
    #expect(newest.events.compactMap(\.offset) == [4, 5] && newest.isRecovered && !newest.hasMore)
    let first = try await room.history(after: .earliest, limit: 3)
    #expect(first.events.compactMap(\.offset) == [1, 2, 3] && first.hasMore)
    let rest = try await room.history(after: .position(first.position), limit: 3)
    #expect(rest.events.map { String(decoding: $0.data, as: UTF8.self) } == [#"{"n":4}"#, #"{"n":5}"#])
    #expect(rest.events.allSatisfy { $0.name == "x" && $0.room == "pages" } && !rest.hasMore)
    let elsewhere = try await room.history(after: .position(Position(epoch: "e", offset: 1)))
    #expect(!elsewhere.isRecovered && elsewhere.events.isEmpty && elsewhere.position == rest.position)
    let error = await #expect(throws: ClientError.self) { try await room.history(limit: 0) }
    #expect("\(error!)".hasPrefix("INVALID_REQUEST"))
    await hub.close()
  }
}
