import HubClient
import HubIO
import HubTesting
import Testing

@Suite struct BackoffTests {
  private static func delays(seed: UInt64, count: Int = 200) -> [Duration] {
    var backoff = Backoff(
      base: .milliseconds(100), cap: .seconds(5), random: SeededRandom(seed: seed))
    return (0..<count).map { _ in backoff.next() }
  }

  @Test func limitDoublesUpToTheCapAndStaysThere() {
    var backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), random: SeededRandom(seed: 1))
    var limits: [Duration] = []
    for _ in 0..<6 {
      limits.append(backoff.limit)
      _ = backoff.next()
    }
    #expect(limits == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
    for _ in 0..<1_000 { _ = backoff.next() }
    #expect(backoff.limit == .seconds(1))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func everyDelayLiesBetweenNothingAndItsLimit(seed: UInt64) {
    var backoff = Backoff(base: .milliseconds(100), cap: .seconds(5), random: SeededRandom(seed: seed))
    for _ in 0..<100 {
      let limit = backoff.limit
      let delay = backoff.next()
      #expect(delay >= .zero && delay <= limit)
    }
  }

  @Test func jitterIsFull() {
    // All of the range is used, so that clients that were lost together do not come back together.
    let late = Self.delays(seed: 7).dropFirst(10)
    #expect(late.contains { $0 < .milliseconds(500) })
    #expect(late.contains { $0 > .milliseconds(4_500) })
  }

  @Test func aSeedRepeatsTheDelays() {
    #expect(Self.delays(seed: 3) == Self.delays(seed: 3))
    #expect(Self.delays(seed: 3) != Self.delays(seed: 4))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func whatTheHubGivesIsNeverCutShort(seed: UInt64) {
    var backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), random: SeededRandom(seed: seed))
    for _ in 0..<10 {
      // Longer than the cap, too.
      let delay = backoff.next(given: .seconds(60))
      #expect(delay >= .seconds(60) && delay <= .milliseconds(60_100))
    }
  }

  @Test func afterAResetItBeginsAnew() {
    var backoff = Backoff(base: .milliseconds(100), cap: .seconds(5), random: SeededRandom(seed: 1))
    for _ in 0..<10 { _ = backoff.next() }
    backoff.reset()
    #expect(backoff.limit == .milliseconds(100))
    #expect(backoff.tries == 0)
  }
}
