import HubWire
import Testing

@testable import HubIO

@Suite struct TLSClientContextTests {
  /// The server's side, with a certificate for these names.
  private static func context(_ made: MadeCertificates, for names: [String]) throws -> TLSContext {
    try made.make("hub", for: names)
    let pair = TLSConfiguration.Pair(certificate: made.path("hub.pem"), key: made.path("hub.key"))
    return TLSContext(try TLSContext.prepare(TLSConfiguration(pairs: [pair])))
  }

  /// What the client hears from a server that answers.
  private static func call(
    _ context: TLSContext, _ trust: TLSClientContext, _ host: String
  ) -> (said: String?, received: String) {
    let pair = WirePair(context, trust: trust, host: host)
    defer { pair.end() }
    pair.client.send(Array("hello".utf8))
    pair.ask()
    _ = pair.run { pair.said != nil || pair.received.count == 5 }
    pair.server.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8))
    _ = pair.run { pair.said != nil }
    return (pair.said, String(decoding: pair.received, as: UTF8.self))
  }

  @Test func `a server is believed by the authority of its certificate and by its name`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made, for: ["a.example", "*.b.example"])
    let trust = try TLSClientContext(authorities: made.path("hub.pem"))
    for host in ["a.example", "A.Example", "x.b.example"] {
      let (said, received) = await BlockingThread.run { Self.call(context, trust, host) }
      #expect(said == "200 hi" && received == "hello", "\(host): \(said ?? "nothing"), \(received)")
    }
  }

  @Test(arguments: ["b.example", "x.a.example", "x.y.b.example", "127.0.0.1", "::1"])
  func `a server with another's certificate hears nothing`(host: String) async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made, for: ["a.example", "*.b.example"])
    let trust = try TLSClientContext(authorities: made.path("hub.pem"))
    let (said, received) = await BlockingThread.run { Self.call(context, trust, host) }
    #expect(said?.contains("the server's certificate is not believed") == true, "\(said ?? "nothing")")
    #expect(said?.contains("mismatch") == true && received.isEmpty)
  }

  @Test func `a server is not believed by its name alone`() async throws {
    let made = try MadeCertificates()
    let context = try Self.context(made, for: ["a.example"])
    try made.make("other", for: ["a.example"])
    for trust in [try TLSClientContext(authorities: made.path("other.pem")), try TLSClientContext()] {
      let (said, received) = await BlockingThread.run { Self.call(context, trust, "a.example") }
      #expect(said?.contains("the server's certificate is not believed") == true, "\(said ?? "nothing")")
      #expect(received.isEmpty)
    }
  }

  @Test func `authorities that cannot be read are told with their file`() throws {
    let made = try MadeCertificates()
    try made.write("empty.pem", "")
    for name in ["empty.pem", "none.pem"] {
      let error = #expect(throws: TLSError.self) { try TLSClientContext(authorities: made.path(name)) }
      #expect(error?.description.contains(name) == true)
    }
  }
}
