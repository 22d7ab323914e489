import Glibc
import HubIO
import HubServer
import HubTesting
import HubWire
import Synchronization
import Testing

@testable import HubClient

/// After how many bytes the next connection is cut; those after it are not.
private final class NextCut: Sendable {
  private let bytes = Lock<Int?>(nil)

  func set(_ bytes: Int) {
    self.bytes.withLock { $0 = bytes }
  }

  func take() -> Int? {
    bytes.withLock { bytes in
      defer { bytes = nil }
      return bytes
    }
  }
}

/// Streams of lines whose connections are lost, and hubs that refuse for now.
@Suite(.timeLimit(.minutes(10))) struct PublishStreamTests {
  private static func publisher(
    _ url: HubURL, tries: Int = 20, window: Int = 4_096, timeout: Duration = .seconds(30)
  ) -> EventPublisher {
    var options = EventPublisher.Options()
    options.tries = tries
    options.unansweredLines = window
    options.timeout = timeout
    options.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(3), random: SeededRandom(seed: 1))
    return EventPublisher(url: url, options: options)
  }

  private static func stream(_ lines: [String]) -> AsyncStream<[UInt8]> {
    AsyncStream { continuation in
      for line in lines { continuation.yield(Array(line.utf8)) }
      continuation.finish()
    }
  }

  private static func numbers(_ count: Int) -> [String] { (1...count).map { "\($0)" } }

  @Test func `the report tells of each bad line`() async throws {
    let lines = [
      #"{"room":"lines","data":1}"#, "", "oops", #"{"room":"no room","data":1}"#, #"{"room":"lines","data":2}"#,
    ]
    let report = try await Self.publisher(HubFixture.url).publish(lines: Self.stream(lines))
    #expect(report.accepted == 2 && report.failed == 2 && report.retries == 0)
    #expect(report.errors.map(\.line) == [3, 4])
    #expect(report.errors.map(\.refusal.code) == ["INVALID_JSON", "INVALID_ROOM"])
    #expect(report.last["lines"]?.offset == 2)
  }

  @Test func `no lines are a report as well`() async throws {
    let report = try await Self.publisher(HubFixture.url).publish(lines: Self.stream(["", " "]))
    #expect(report.accepted == 0 && report.failed == 0 && report.errors.isEmpty)
  }

  // A line for two rooms, one that is wrong, and blank ones, beside plain ones.
  private static func mixed(_ room: RoomName) -> [String] {
    [
      #"{"room":"\#(room)","data":1}"#, #"{"rooms":["\#(room)","\#(room)-2"],"data":2}"#, "", "oops",
      #"{"room":"\#(room)","data":3}"#,
    ]
  }

  private static func expectMixed(_ url: HubURL, _ room: RoomName) async throws {
    let report = try await publisher(url).publish(lines: stream(mixed(room)))
    #expect(report.accepted == 4 && report.failed == 1)
    #expect(report.errors.map(\.line) == [4])
    #expect(report.last[room.text]?.offset == 3 && report.last["\(room)-2"]?.offset == 1)
  }

  @Test func `a connection that is cut after any byte of the answer doubles and loses nothing`() async throws {
    let cut = NextCut()
    let proxy = try await CuttingProxy(to: HubFixture.url, answers: { _ in cut.take() })
    // The whole answer has 1,000 bytes and some.
    for bytes in 0..<1_100 {
      cut.set(bytes)
      try await Self.expectMixed(proxy.url, RoomName("answer-\(bytes)"))
    }
  }

  @Test func `a connection that is cut after any byte of the request doubles and loses nothing`() async throws {
    let cut = NextCut()
    let proxy = try await CuttingProxy(to: HubFixture.url, requests: { _ in cut.take() })
    for bytes in 0..<600 {
      cut.set(bytes)
      try await Self.expectMixed(proxy.url, RoomName("request-\(bytes)"))
    }
  }

  @Test(arguments: [1, 7, 4_096]) func `thousands of lines over hundreds of lost connections`(window: Int) async throws
  {
    let room = try RoomName("many-\(window)")
    let random = Lock(SeededRandom(seed: UInt64(window)))
    let number: @Sendable (ClosedRange<Int>) -> Int = { range in random.withLock { Int.random(in: range, using: &$0) } }
    // With so many lines under way, a request that is cut early would take every answer with it.
    let proxy = try await CuttingProxy(
      to: HubFixture.url, answers: { _ in number(1...8_000) },
      requests: { _ in window > 1_000 ? nil : number(1...12_000) })
    let count = 5_000
    let report = try await Self.publisher(proxy.url, tries: 100, window: window).publish(
      lines: NumberedEnvelopes(room: room, count: count))
    #expect(report.accepted == count && report.failed == 0 && report.last[room.text]?.offset == UInt64(count))
    #expect(report.retries > 50)
    let hub = Roomcast(url: HubFixture.url)
    #expect(try await hub.room(room.text, after: .earliest).collect(count) == (1...count).map { "\($0) \($0)" })
    await hub.close()
  }

  @Test func `a connection that falls silent is replaced`() async throws {
    let room = try RoomName("silent")
    let proxy = try await CuttingProxy(to: HubFixture.url, end: .silence, answers: { $0 < 3 ? 400 : nil })
    let report = try await Self.publisher(proxy.url, timeout: .seconds(2)).publish(
      lines: NumberedEnvelopes(room: room, count: 100))
    #expect(report.accepted == 100 && report.retries >= 3)
    #expect(try await HubFixture.data(of: room) == Self.numbers(100))
  }

  @Test func `lines that are refused for now are sent again and not overtaken`() async throws {
    var settings = Settings()
    settings.port = 0
    settings.reactors = 1
    let engine = ScriptedEngine()
    let random = Lock(SeededRandom(seed: 5))
    engine.verdict = { _ in random.withLock { Int.random(in: 0..<5, using: &$0) } == 0 ? .refuse : .now }
    let hub = try Hub(
      settings: settings, log: Log(style: .json, descriptor: open("/dev/null", O_WRONLY)), listener: nil, engine: engine
    )
    hub.start()
    let url = try HubURL("http://\(hub.address)")
    let room = try RoomName("order")
    let retries = Atomic(0)
    // So long that the hub gets them in many parts, and has the next one when it refuses.
    let blanks = String(repeating: " ", count: 4_000)
    let lines = Self.stream(Self.numbers(1_000).map { #"{"room":"\#(room)",\#(blanks)"data":\#($0)}"# })
    let report = try await Self.publisher(url).publish(lines: lines) { progress in
      if progress.trouble?.contains("ENGINE_UNAVAILABLE") == true { retries.add(1, ordering: .relaxed) }
    }
    #expect(report.accepted == 1_000 && report.failed == 0)
    #expect(report.retries > 5 && retries.load(ordering: .relaxed) == report.retries)
    #expect(try await HubFixture.data(of: room, at: url) == Self.numbers(1_000))
  }

  @Test func `a refusal that lasts is told after so many connections`() async throws {
    let server = try await ScriptedServer { _ in .answer(ScriptedServer.unavailable) }
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url, tries: 3).publish(lines: Self.stream([#"{"room":"a","data":1}"#]))
    }
    #expect("\(error!)" == "ENGINE_UNAVAILABLE: the disk is full")
    #expect(server.requests.count == 3)
  }

  @Test func `a hub that is lost for good is given up, and what was accepted is told`() async throws {
    let proxy = try await CuttingProxy(to: HubFixture.url, answers: { $0 == 0 ? 5_000 : 0 })
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(proxy.url, tries: 3).publish(
        lines: NumberedEnvelopes(room: try RoomName("lost"), count: 10_000))
    }
    guard case .unreachable(let reason) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(reason.wholeMatch(of: /.*, after [1-9][0-9]* events were accepted/) != nil, "\(reason)")
    #expect(proxy.connections == 4)
  }

  // A server that ends its first answer with an error of the whole stream, while a line for two rooms is under way.
  private static func interrupting(temporary: Bool) async throws -> ScriptedServer {
    let error =
      #"{"status":408,"code":"TIMEOUT","detail":"the body did not go on","temporary":\#(temporary),"scope":"stream"}"#
    let receipt = ScriptedServer.receipt
    return try await ScriptedServer { number in
      let lines = number == 0 ? [error] : [receipt, receipt, #"{"accepted":2,"failed":0,"errors":[],"last":{}}"#]
      return .answer(ScriptedServer.answer("200 OK", lines.map { $0 + "\n" }.joined()))
    }
  }

  @Test func `an error of the stream that passes is no result, and the line under way is sent again`() async throws {
    let server = try await Self.interrupting(temporary: true)
    let report = try await Self.publisher(server.url).publish(
      lines: Self.stream([#"{"rooms":["a","b"],"data":1}"#]))
    #expect(report.accepted == 2 && report.failed == 0 && report.retries == 1)
    #expect(server.requests.count == 2)
  }

  @Test func `an error of the stream that stays is told at once, and fails no line`() async throws {
    let server = try await Self.interrupting(temporary: false)
    let failed = Atomic(0)
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url).publish(lines: Self.stream([#"{"room":"a","data":1}"#])) { progress in
        failed.store(progress.failed, ordering: .relaxed)
      }
    }
    #expect("\(error!)" == "TIMEOUT: the body did not go on" && server.requests.count == 1)
    #expect(failed.load(ordering: .relaxed) == 0)
  }

  @Test func `what is refused for good as a whole is told at once`() async throws {
    let server = try await ScriptedServer { _ in
      .answer(ScriptedServer.answer("403 Forbidden", #"{"code":"FORBIDDEN","detail":"no"}"#))
    }
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url).publish(lines: Self.stream([#"{"room":"a","data":1}"#]))
    }
    #expect("\(error!)" == "FORBIDDEN: no" && server.requests.count == 1)
  }

  @Test func `lines are read no further than may be unanswered`() async throws {
    let server = try await ScriptedServer { _ in .silence }
    let read = ReadCount()
    let lines = NumberedEnvelopes(room: try RoomName("bound"), count: 10_000, read: read)
    await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url, tries: 2, window: 50, timeout: .milliseconds(50)).publish(lines: lines)
    }
    #expect(read.count == 50)
  }

  @Test func `a connection that is lost while nothing is under way is missed by nobody`() async throws {
    let room = try RoomName("idle")
    let proxy = try await CuttingProxy(to: HubFixture.url)
    let (lines, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    let (accepted, told) = AsyncStream.makeStream(of: Int.self)
    // The next line may be sent before the client has seen the end of the connection: that costs a try.
    let publisher = Self.publisher(proxy.url, tries: 2)
    async let report = {
      defer { told.finish() }
      return try await publisher.publish(lines: lines) { told.yield($0.accepted) }
    }()
    for number in 1...3 {
      continuation.yield(Array(#"{"room":"idle","data":\#(number)}"#.utf8))
      for await count in accepted where count == number { break }
      await proxy.cutAll()
    }
    continuation.finish()
    #expect(try await report.accepted == 3)
    #expect(try await HubFixture.data(of: room) == Self.numbers(3))
  }

  @Test func `lines that cannot be read to their end are an error of the input`() async throws {
    struct Broken: Error {}
    func lines() -> AsyncThrowingStream<[UInt8], any Error> {
      AsyncThrowingStream { continuation in
        continuation.yield(Array(#"{"room":"broken","data":1}"#.utf8))
        continuation.finish(throwing: Broken())
      }
    }
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(HubFixture.url).publish(lines: lines())
    }
    guard case .input = error else { return #expect(Bool(false), "\(String(describing: error))") }
    let hubIsAway = await #expect(throws: ClientError.self) {
      try await Self.publisher(try HubURL("http://127.0.0.1:1")).publish(lines: lines())
    }
    guard case .input = hubIsAway else { return #expect(Bool(false), "\(String(describing: hubIsAway))") }
  }
}
