import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// Loops over rooms that come and go on one connection, are cancelled, and lag.
@Suite(.timeLimit(.minutes(10))) struct RoomLoopTests {
  private static func numbers(_ count: Int) -> [String] { (1...count).map { "\($0) \($0)" } }

  private static func publish(_ count: Int, into room: String) async throws {
    let report = try await EventPublisher(url: HubFixture.url).publish(
      lines: NumberedEnvelopes(room: try RoomName(room), count: count))
    #expect(report.accepted == count)
  }

  /// Returns once the hub says that so many are subscribed to the room.
  private static func wait(for count: Int, in room: String) async throws {
    let publisher = EventPublisher(url: HubFixture.url)
    while true {
      let answer = try await publisher.ask(HubQuestion(get: "/v1/rooms/\(room)"))
      let object = try JSONObject(parsing: answer.body)
      if try object.integer("subscribers", in: 0...1_000) == Int64(count) { return }
    }
  }

  @Test func `rooms share a connection, and are left when their loops end`() async throws {
    let proxy = try await CuttingProxy(to: HubFixture.url)
    let hub = Roomcast(url: proxy.url)
    for index in 1...20 {
      let room = hub.room("turn:\(index)", after: .earliest)
      try await Self.publish(1, into: room.name)
      #expect(try await room.collect(1) == ["1 1"])
      try await Self.wait(for: 0, in: room.name)
    }
    #expect(proxy.connections == 1)
    await hub.close()
  }

  @Test func `cancelling the task ends its loop at once and leaves the room, and no other`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let staying = Task { try await hub.room("cancel:stays").collect(1) }
    try await Self.wait(for: 1, in: "cancel:stays")
    for _ in 0..<10 {
      let leaving = Task { try await hub.room("cancel:goes").collect(1) }
      try await Self.wait(for: 1, in: "cancel:goes")
      leaving.cancel()
      #expect(try await leaving.value == [])
      try await Self.wait(for: 0, in: "cancel:goes")
    }
    try await Self.publish(1, into: "cancel:stays")
    #expect(try await staying.value == ["1 1"])
    await hub.close()
  }

  @Test func `a task that is cancelled before it begins leaves nothing behind`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    for _ in 0..<200 {
      let loop = Task { try await hub.room("never").collect(1) }
      loop.cancel()
      #expect(try await loop.value == [])
    }
    try await Self.wait(for: 0, in: "never")
    await hub.close()
  }

  @Test func `a cancelled loop gives no event more, whatever waits`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    try await Self.publish(100, into: "cancel:full")
    let loop = Task { () -> Int in
      var count = 0
      for try await _ in hub.room("cancel:full", after: .earliest) {
        count += 1
        withUnsafeCurrentTask { $0?.cancel() }
      }
      return count
    }
    #expect(try await loop.value == 1)
    try await Self.wait(for: 0, in: "cancel:full")
    await hub.close()
  }

  @Test func `two loops over a room share its subscription, and both have every event`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    let room = hub.room("shared")
    async let one = room.collect(50)
    async let other = room.collect(100)
    let third = Task { try await room.collect(1_000) }
    // Else some of them may begin behind the first event.
    repeat { try await Self.wait(for: 1, in: "shared") } while await hub.link.feeds.count < 3
    try await Self.publish(100, into: "shared")
    #expect(try await one == Self.numbers(50))
    #expect(try await other == Self.numbers(100))
    third.cancel()
    _ = try await third.value
    try await Self.wait(for: 0, in: "shared")
    await hub.close()
  }

  @Test func `a consumer that lags leaves its room, holds up no other and loses nothing`() async throws {
    let hub = Roomcast(
      HubFixture.url, backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(5)), bufferedBytes: 100_000)
    var slow = hub.room("lag:slow", after: .earliest).makeAsyncIterator()
    try await Self.publish(3_000, into: "lag:slow")
    // It has begun, and takes nothing more.
    let first = try await slow.next()
    #expect(first?.offset == 1)
    try await Self.wait(for: 0, in: "lag:slow")
    try await Self.publish(1_000, into: "lag:quick")
    #expect(try await hub.room("lag:quick", after: .earliest).collect(1_000) == Self.numbers(1_000))
    var offsets: [UInt64] = [1]
    while offsets.count < 3_000, let event = try await slow.next() { offsets.append(event.offset ?? 0) }
    #expect(offsets == Array(1...3_000))
    await hub.close()
  }

  @Test func `everything is told in one order to a consumer that lags, too`() async throws {
    let hub = Roomcast(
      HubFixture.url, backoff: Backoff(base: .milliseconds(1), cap: .milliseconds(5)), bufferedBytes: 100_000)
    for room in ["all:1", "all:2"] { try await Self.publish(2_000, into: room) }
    var offsets: [String: [UInt64]] = [:]
    var count = 0
    for await event in hub.events(of: ["all:1", "all:2"].map { hub.room($0, after: .earliest) }) {
      guard case .event(let event) = event else { continue }
      offsets[event.room ?? "", default: []].append(event.offset ?? 0)
      count += 1
      if count == 4_000 { break }
    }
    for room in ["all:1", "all:2"] { #expect(offsets[room] == Array(1...2_000)) }
    await hub.close()
  }
}
