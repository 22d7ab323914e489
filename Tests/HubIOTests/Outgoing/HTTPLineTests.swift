import HubWire
import Testing

@testable import HubIO

@Suite struct HTTPLineTests {
  /// What a client makes of an answer, and whether the server ends the connection behind it.
  private static func read(_ answer: String, ends: Bool = false, maximumBody: Int = 1 << 20) -> String? {
    let pair = WirePair()
    defer { pair.end() }
    pair.ask(maximumBody: maximumBody)
    pair.server.send(Array(answer.utf8))
    _ = pair.run { pair.server.channel.outbox.isEmpty }
    if ends { pair.server.close() }
    _ = pair.run { pair.said != nil }
    return pair.said
  }

  @Test func `an answer ends where its head says`() async {
    let said = await BlockingThread.run { Self.read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhimore") }
    #expect(said == "200 hi")
  }

  @Test func `an answer of unknown length ends with its connection`() async {
    let said = await BlockingThread.run { Self.read("HTTP/1.0 200 OK\r\n\r\nhi", ends: true) }
    #expect(said == "200 hi")
  }

  @Test func `an answer that is cut short is none`() async {
    let said = await BlockingThread.run { Self.read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", ends: true) }
    #expect(said == "the connection was lost")
  }

  @Test func `an answer that is too long is not kept`() async {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    let said = await BlockingThread.run { Self.read(head + String(repeating: "x", count: 1000), maximumBody: 999) }
    #expect(said == "the answer is longer than 999 bytes")
  }

  @Test(arguments: [
    ("Content-Length: 2\r\n\r\nhi", true), ("Content-Length: 0\r\n\r\n", true), ("Content-Length: 9\r\n\r\nhi", false),
    ("Content-Length: 9999\r\n\r\n", false), ("Transfer-Encoding: chunked\r\n\r\n", false),
    ("Transfer-Encoding: chunked\r\n\r\nF\r\n0123456789abcde", false),
  ])
  func `where the status decides, no body is waited for that is long or does not come`(rest: String, isWhole: Bool)
    async
  {
    let (said, wasWhole) = await BlockingThread.run {
      let pair = WirePair()
      defer { pair.end() }
      pair.ask(maximumBody: 10, wantsBody: false)
      pair.server.send(Array("HTTP/1.1 202 Accepted\r\n\(rest)".utf8))
      while pair.said == nil { pair.reactor.turn(sleeping: true) }
      return (pair.said, pair.isWhole)
    }
    #expect(said == "202 " && wasWhole == isWhole)
  }

  @Test(arguments: [("hi", false), ("himore", true)])
  func `what comes behind an answer is noticed`(body: String, hasExcess: Bool) async {
    let excess = await BlockingThread.run {
      let pair = WirePair()
      defer { pair.end() }
      pair.ask()
      pair.server.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\(body)".utf8))
      _ = pair.run { pair.said != nil }
      return pair.line?.hasExcess
    }
    #expect(excess == hasExcess)
  }

  @Test func `what is not HTTP is told`() async {
    let said = await BlockingThread.run { Self.read("SSH-2.0-OpenSSH_9.2\r\n\r\n") }
    #expect(said?.hasPrefix("what answers is not the target") == true)
  }

  @Test func `a connection ends when its time is over, whatever comes`() async {
    let said = await BlockingThread.run {
      let pair = WirePair()
      defer { pair.end() }
      pair.ask()
      pair.client.endAfter(.milliseconds(1))
      _ = pair.run {
        pair.server.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        return pair.said != nil
      }
      return pair.said
    }
    #expect(said == "the target does not answer" || said?.contains("interim") == true)
  }
}
