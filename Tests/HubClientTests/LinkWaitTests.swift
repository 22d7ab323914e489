import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// How long a link waits between its tries, by a clock that the test moves.
@Suite struct LinkWaitTests {
  /// What was seen of a link, and when.
  private struct Seen {
    let state: ConnectionState
    let at: Moment
  }

  /// A link to where nothing listens, stepped on the calling thread until it was offline so many times.
  private static func follow(losses: Int, seed: UInt64) throws -> [Seen] {
    let kernel = ManualKernel()
    let reactor = Reactor(index: 0, kernel: kernel)
    reactor.adoptThread()
    defer { reactor.leaveThread() }
    var options = Roomcast.Options()
    options.backoff = Backoff(random: SeededRandom(seed: seed))
    let link = Link(peer: try HubURL("http://127.0.0.1:1").peer, options: options, reactor: reactor)
    let feed = Feed(.room, rooms: ["a"], bufferedBytes: 1_000)
    let wish = RoomWish(try RoomName("a"))
    Task(executorPreference: reactor) { await link.join(feed, [wish]) }
    var seen: [Seen] = []
    var count = 0
    for _ in 0..<1_000_000 where count < losses {
      let worked = reactor.turn(sleeping: true)
      if link.states.current != seen.last?.state {
        seen.append(Seen(state: link.states.current, at: kernel.now()))
        if case .offline = link.states.current { count += 1 }
      }
      if !worked, let limit = kernel.limit { kernel.clock.advance(by: max(limit, .milliseconds(1))) }
    }
    return seen
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `every wait is as long as it was told, and within its limit`(seed: UInt64) throws {
    let seen = try Self.follow(losses: 12, seed: seed)
    var losses = 0
    for (loss, next) in zip(seen, seen.dropFirst()) {
      guard case .offline(_, let delay?) = loss.state else { continue }
      #expect(delay <= min(.seconds(30), .milliseconds(500) * (1 << losses)), "\(losses)")
      losses += 1
      #expect(next.state == .connecting)
      let waited = next.at - loss.at
      // The wheel of timers turns by 8 ms, and never fires too early.
      #expect(waited >= delay && waited <= delay + .milliseconds(20), "\(waited) for \(delay)")
    }
    #expect(losses == 11)
  }
}
