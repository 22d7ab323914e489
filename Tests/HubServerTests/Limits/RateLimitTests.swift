import HubIO
import HubTesting
import Testing

@testable import HubServer

/// A rate closes only when it persists; first the message is dropped.
@Suite struct RateLimitTests {
  private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

  private static func receive(_ limit: inout RateLimit, _ bytes: Int, at now: Moment) -> RateLimit.Verdict {
    limit.receive(bytes: bytes, at: now)
  }

  @Test func `a burst of a second's worth passes, and the rest of it is dropped, however much it is`() {
    var limit = RateLimit(messages: 10, bytes: 0, largest: 100, at: Self.at(0))
    for _ in 0..<10 { #expect(Self.receive(&limit, 1_000_000, at: Self.at(0)) == .pass) }
    for _ in 0..<10_000 { #expect(Self.receive(&limit, 0, at: Self.at(0)) == .drop(.messages)) }
    #expect(Self.receive(&limit, 1, at: Self.at(100)) == .pass)
  }

  @Test func `the largest message always gets its turn, however low the rate of bytes`() {
    var limit = RateLimit(messages: 0, bytes: 10, largest: 1000, at: Self.at(0))
    #expect(Self.receive(&limit, 1000, at: Self.at(0)) == .pass)
    #expect(Self.receive(&limit, 1, at: Self.at(99)) == .drop(.bytes))
    #expect(Self.receive(&limit, 1, at: Self.at(100)) == .pass)
    #expect(Self.receive(&limit, 1000, at: Self.at(100_100)) == .pass)
  }

  @Test func `drops in five seconds running close, in four they do not`() {
    var limit = RateLimit(messages: 1, bytes: 0, largest: 100, at: Self.at(0))
    for second in 0..<4 {
      #expect(Self.receive(&limit, 1, at: Self.at(1000 * second)) == .pass)
      #expect(Self.receive(&limit, 1, at: Self.at(1000 * second)) == .drop(.messages))
      #expect(Self.receive(&limit, 1, at: Self.at(1000 * second + 500)) == .drop(.messages))
    }
    var patient = limit
    #expect(Self.receive(&limit, 1, at: Self.at(4000)) == .pass)
    #expect(Self.receive(&limit, 1, at: Self.at(4999)) == .close(.messages))
    #expect(Self.receive(&patient, 1, at: Self.at(5500)) == .pass)
    #expect(Self.receive(&patient, 1, at: Self.at(5500)) == .drop(.messages))
  }

  @Test(arguments: Seeds.run(50))
  func `a client that waits for two seconds after each drop is never closed`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var limit = RateLimit(
      messages: random.number(in: 1...5), bytes: random.number(in: 1...500), largest: 100, at: Self.at(0))
    var now = Self.at(random.number(in: 0...999))
    for _ in 0..<500 {
      switch Self.receive(&limit, random.number(in: 0...100), at: now) {
      case .pass: now = now + .milliseconds(random.number(in: 0...50))
      case .drop: now = now + .milliseconds(2000)
      case .close: Issue.record("closed at \(now)")
      }
    }
  }

  @Test(arguments: Seeds.run(50))
  func `a client within both rates is never told anything`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let messages = random.number(in: 1...50)
    var limit = RateLimit(messages: messages, bytes: messages * 100, largest: 100, at: Self.at(0))
    var now = Self.at(0)
    for _ in 0..<1000 {
      now = now + .nanoseconds(1_000_000_000 / messages + 1 + random.number(in: 0...1000))
      #expect(Self.receive(&limit, random.number(in: 0...100), at: now) == .pass)
    }
  }

  @Test(arguments: Seeds.run(50))
  func `a client that never slows down is closed within five seconds, and only then`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var limit = RateLimit(messages: random.number(in: 1...20), bytes: 0, largest: 100, at: Self.at(0))
    var now = Self.at(random.number(in: 0...999))
    var firstDrop: Moment?
    for _ in 0..<100_000 {
      switch Self.receive(&limit, 1, at: now) {
      case .pass: break
      case .drop: if firstDrop == nil { firstDrop = now }
      case .close:
        let dropping = now - (firstDrop ?? now)
        #expect(dropping > .seconds(3) && dropping <= .seconds(5))
        return
      }
      now = now + .milliseconds(random.number(in: 1...20))
    }
    Issue.record("never closed")
  }

  @Test func `a message that is dropped for its bytes leaves the messages as they were`() {
    var limit = RateLimit(messages: 2, bytes: 10, largest: 10, at: Self.at(0))
    #expect(Self.receive(&limit, 10, at: Self.at(0)) == .pass)
    #expect(Self.receive(&limit, 10, at: Self.at(0)) == .drop(.bytes))
    #expect(Self.receive(&limit, 0, at: Self.at(0)) == .pass)
    #expect(Self.receive(&limit, 0, at: Self.at(0)) == .drop(.messages))
  }

  @Test func `it knows the rates it was made for`() {
    let limit = RateLimit(messages: 2, bytes: 0, largest: 10, at: Self.at(0))
    #expect(
      limit.isFor(messages: 2, bytes: 0) && !limit.isFor(messages: 2, bytes: 1) && !limit.isFor(messages: 0, bytes: 0))
  }
}
