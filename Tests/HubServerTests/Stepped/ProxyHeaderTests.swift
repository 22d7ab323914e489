import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// Connections that begin with a PROXY protocol header, on stepped reactors: the bytes arrive in pieces of any size.
@Suite struct ProxyHeaderTests {
  private static let line = Array("PROXY TCP4 203.0.113.9 10.0.0.1 4711 80\r\n".utf8)
  private static let request = Array("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)

  private static func hub(_ seed: UInt64) -> SteppedHub {
    var settings = Settings(machine: Machine(cores: 1, descriptors: 1_000))
    settings.proxies.trusted = [IPNetwork("127.0.0.1")!]
    settings.proxies.protocol = true
    return SteppedHub(seed: seed, reactors: 1, settings: settings)
  }

  private static func conduct(_ seed: UInt64) -> SimulatedLink.Conduct {
    SimulatedLink.Conduct(bytesPerStep: Int(seed % 40) + 1)
  }

  private static func errors(_ hub: SteppedHub) -> UInt64 {
    hub.stepped.on(0) { _ in hub.workers[0].statistics.proxyHeaderErrors }
  }

  @Test func `a header is taken whole and nothing behind it, however the bytes arrive`() async {
    for seed in Seeds.run(80) {
      let seen = await BlockingThread.run {
        let hub = Self.hub(seed)
        let link = hub.connect(Self.conduct(seed))
        // The end may be there before anything was read, and must not hide what stands before it.
        _ = link.clientSend((Self.line + Self.request)[...])
        if seed.isMultiple(of: 2) { link.clientEnd() }
        var answer: [UInt8] = []
        var clients: [String] = []
        _ = hub.stepped.run(limit: 10_000) {
          answer += link.clientReceive(.max)
          let client = hub.stepped.on(0) { _ in
            hub.workers[0].connections.first?.assumeIsolated { $0.clientAddress.description }
          }
          if let client, clients.last != client { clients.append(client) }
          return answer.suffix(6) == Array("alive\n".utf8)
        }
        let status = String(decoding: answer.prefix(15), as: UTF8.self)
        return [status, clients.last ?? "nobody", "\(Self.errors(hub))"]
      }
      #expect(seen == ["HTTP/1.1 200 OK", "203.0.113.9", "0"], "ROOMCAST_SEED=\(seed)")
    }
  }

  @Test func `what is no header, or ends within one, closes the connection and is counted`() async {
    let starts = [Array(Self.line.dropLast()), Self.request, Array("PROXY TCP4 x\r\n".utf8), [13]]
    for seed in Seeds.run(40) {
      let outcomes = await BlockingThread.run {
        starts.map { start in
          let hub = Self.hub(seed)
          let link = hub.connect(Self.conduct(seed))
          _ = link.clientSend(start[...])
          link.clientEnd()
          let isClosed = hub.stepped.run(limit: 10_000) { link.hubHasClosed }
          let answer = link.clientReceive(.max)
          return isClosed && answer.isEmpty && Self.errors(hub) == 1 && hub.connections == 0 && hub.descriptors == 0
        }
      }
      #expect(outcomes == [true, true, true, true], "ROOMCAST_SEED=\(seed)")
    }
  }

  @Test func `who never says a word is let go after the time for a head, and is no error`() async {
    let outcome = await BlockingThread.run {
      let hub = Self.hub(1)
      let link = hub.connect(Self.conduct(1))
      let start = hub.stepped.clock.now
      let isClosed = hub.stepped.run(limit: 10_000) { link.hubHasClosed }
      return [isClosed, hub.stepped.clock.now - start >= .seconds(10), Self.errors(hub) == 0, hub.connections == 0]
    }
    #expect(outcome == [true, true, true, true])
  }

  @Test func `who is not trusted needs no header`() async {
    let answer = await BlockingThread.run {
      let hub = Self.hub(1)
      var conduct = Self.conduct(1)
      conduct.address = IPAddress("203.0.113.9")!
      let link = hub.connect(conduct)
      _ = link.clientSend(Self.request[...])
      var answer: [UInt8] = []
      _ = hub.stepped.run(limit: 10_000) {
        answer += link.clientReceive(.max)
        return answer.suffix(6) == Array("alive\n".utf8)
      }
      return String(decoding: answer.prefix(15), as: UTF8.self)
    }
    #expect(answer == "HTTP/1.1 200 OK")
  }
}
