import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// One event is sent again for as long as the hub may not have it, always as the same bytes.
@Suite(.timeLimit(.minutes(10))) struct RedeliveryTests {
  private static let room = try! RoomName("a")

  private static func publisher(_ url: HubURL, tries: Int, timeout: Duration = .seconds(30)) -> EventPublisher {
    var options = EventPublisher.Options()
    options.tries = tries
    options.timeout = timeout
    options.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(2), random: SeededRandom(seed: 1))
    return EventPublisher(url: url, options: options)
  }

  private static func key(_ request: [UInt8]) -> Substring? {
    String(decoding: request, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("Idempotency-Key: ") }
  }

  @Test func `an answer that is lost after any of its bytes is asked for with the same key and body`() async throws {
    let answer = ScriptedServer.created
    let length = answer.utf8.count
    let server = try await ScriptedServer { number in
      number < length ? .cut(after: String(decoding: answer.utf8.prefix(number), as: UTF8.self)) : .answer(answer)
    }
    // A machine that is busy may lose a connection more before the server hears of it.
    let receipt = try await Self.publisher(server.url, tries: length + 20).publish(Array("[1]".utf8), to: Self.room)
    #expect(receipt.position?.offset == 1)
    let requests = server.requests
    #expect(requests.count == length + 1)
    #expect(Set(requests).count == 1)
    #expect(Self.key(requests[0]) != nil && requests[0].suffix(3).elementsEqual("[1]".utf8))
  }

  @Test func `a refusal for now is tried again, and the event has the same key`() async throws {
    let server = try await ScriptedServer { number in
      .answer(number < 3 ? ScriptedServer.unavailable : ScriptedServer.created)
    }
    _ = try await Self.publisher(server.url, tries: 4).publish(Array("1".utf8), to: Self.room)
    #expect(server.requests.count == 4)
    #expect(Set(server.requests).count == 1)
  }

  @Test func `the time that the hub asks for is waited`() async throws {
    let wait = ScriptedServer.answer(
      "503 Service Unavailable", #"{"status":503,"code":"DRAINING","detail":"","temporary":true}"#,
      fields: "Retry-After: 1\r\n")
    let server = try await ScriptedServer { $0 == 0 ? .answer(wait) : .answer(ScriptedServer.created) }
    let began = ContinuousClock.now
    _ = try await Self.publisher(server.url, tries: 2).publish(Array("1".utf8), to: Self.room)
    #expect(ContinuousClock.now - began >= .seconds(1))
    #expect(Set(server.requests).count == 1)
  }

  @Test func `a hub that does not answer is asked again with the same key and body`() async throws {
    let server = try await ScriptedServer { $0 < 2 ? .silence : .answer(ScriptedServer.created) }
    // A slow machine may need more tries than the script has silences.
    let publisher = Self.publisher(server.url, tries: 100, timeout: .milliseconds(200))
    _ = try await publisher.publish(Array("1".utf8), to: Self.room, key: "mine")
    #expect(server.requests.count >= 3)
    #expect(Set(server.requests).count == 1)
    #expect(Self.key(server.requests[0]) == "Idempotency-Key: mine")
  }

  @Test func `a kept connection that is lost costs no try, and events do not share keys`() async throws {
    let server = try await ScriptedServer { $0 == 1 ? .cut(after: "HTTP/1.1 2") : .answer(ScriptedServer.created) }
    let publisher = Self.publisher(server.url, tries: 1)
    for number in 0..<2 { _ = try await publisher.publish(Array("\(number)".utf8), to: Self.room) }
    let requests = server.requests
    #expect(requests.count == 3)
    #expect(requests[1] == requests[2])
    #expect(Self.key(requests[0]) != Self.key(requests[1]))
  }

  @Test(arguments: ["400 Bad Request", "401 Unauthorized", "409 Conflict", "413 Content Too Large"])
  func `a refusal for good is not tried again`(status: String) async throws {
    let server = try await ScriptedServer { _ in .answer(ScriptedServer.answer(status, #"{"code":"X"}"#)) }
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url, tries: 5).publish(Array("1".utf8), to: Self.room)
    }
    guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(refusal.code == "X" && server.requests.count == 1)
  }

  @Test func `after so many tries the last refusal is the reason`() async throws {
    let server = try await ScriptedServer { _ in .answer(ScriptedServer.unavailable) }
    let error = await #expect(throws: ClientError.self) {
      try await Self.publisher(server.url, tries: 3).publish(Array("1".utf8), to: Self.room)
    }
    #expect("\(error!)" == "ENGINE_UNAVAILABLE: the disk is full")
    #expect(server.requests.count == 3)
  }
}
