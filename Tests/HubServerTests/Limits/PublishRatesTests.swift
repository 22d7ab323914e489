import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct PublishRatesTests {
  private static func rates(_ rate: Int, maximum: Int = 1000) -> PublishRates {
    var limits = LimitSettings()
    limits.publishes = rate
    return PublishRates(limits, maximum: maximum)
  }

  private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

  private static func admits(_ rates: PublishRates, _ principal: String, _ count: Int = 1, at moment: Moment) -> Bool {
    (try? rates.admit(principal, events: count, at: moment)) != nil
  }

  @Test func `where it is off everything is admitted and nothing is kept`() {
    let rates = Self.rates(0)
    for number in 0..<1000 { #expect(Self.admits(rates, "\(number)", 1_000_000, at: Self.at(0))) }
    #expect(rates.count == 0)
  }

  @Test func `each principal has its own rate`() {
    let rates = Self.rates(2)
    for name in ["", "ann", "bob"] {
      #expect(Self.admits(rates, name, at: Self.at(0)) && Self.admits(rates, name, at: Self.at(0)))
      #expect(!Self.admits(rates, name, at: Self.at(0)))
      #expect(Self.admits(rates, name, at: Self.at(500)))
    }
  }

  @Test func `the refusal names the setting and says how long to wait, in whole seconds`() {
    let rates = Self.rates(4)
    #expect(Self.admits(rates, "", 4, at: Self.at(0)))
    for (count, seconds) in [(1, 1), (4, 1), (5, 1)] {
      do throws(HubError) {
        try rates.admit("", events: count, at: Self.at(0))
        Issue.record("admitted")
      } catch {
        #expect(error.code == .rateLimited && error.detail.contains("`limits.publishes`"))
        #expect(error.retryAfter == seconds)
      }
    }
  }

  @Test func `a rate that changes holds at once`() {
    let rates = Self.rates(1)
    #expect(Self.admits(rates, "", at: Self.at(0)) && !Self.admits(rates, "", at: Self.at(0)))
    var limits = LimitSettings()
    limits.publishes = 3
    rates.adopt(limits)
    for _ in 0..<3 { #expect(Self.admits(rates, "", at: Self.at(0))) }
    #expect(!Self.admits(rates, "", at: Self.at(0)))
    rates.adopt(LimitSettings())
    #expect(Self.admits(rates, "", at: Self.at(0)))
  }

  @Test(arguments: Seeds.run(30))
  func `what is forgotten makes no difference`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let rate = random.number(in: 1...5)
    let rates = Self.rates(rate)
    var buckets: [String: TokenBucket] = [:]
    var now = Self.at(0)
    for _ in 0..<3000 {
      now = now + .milliseconds(random.once(in: 50) ? random.number(in: 0...3000) : random.number(in: 0...100))
      let (name, count) = ("\(random.number(in: 0..<8))", random.number(in: 1...2))
      var bucket = buckets[name] ?? TokenBucket(rate: rate, burst: rate, at: now)
      let expected = bucket.take(count, at: now)
      buckets[name] = bucket
      #expect(Self.admits(rates, name, count, at: now) == expected)
    }
  }

  @Test func `memory is bounded, and idle principals go`() {
    let rates = Self.rates(1, maximum: 100)
    for number in 0..<10_000 { #expect(Self.admits(rates, "\(number)", at: Self.at(0))) }
    #expect(rates.count <= 200)
    for second in 1...3 { #expect(Self.admits(rates, "one", at: Self.at(second * 1000))) }
    #expect(rates.count <= 2)
  }
}
