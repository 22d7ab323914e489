import HubIO
import HubTesting
import Testing

@testable import HubServer

@Suite struct TokenBucketTests {
  private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

  private static func take(_ bucket: inout TokenBucket, _ count: Int, at now: Moment) -> Bool {
    bucket.take(count, at: now)
  }

  private static func holds(_ bucket: inout TokenBucket, _ count: Int, at now: Moment) -> Bool {
    bucket.holds(count, at: now)
  }

  private static func untilNext(_ bucket: inout TokenBucket, _ count: Int, at now: Moment) -> Duration? {
    bucket.untilNext(count, at: now)
  }

  @Test func `a fresh bucket gives its burst and then as many as come in`() {
    var bucket = TokenBucket(rate: 10, burst: 3, at: Self.at(0))
    for _ in 0..<3 { #expect(Self.take(&bucket, 1, at: Self.at(0))) }
    #expect(!Self.take(&bucket, 1, at: Self.at(0)))
    #expect(!Self.take(&bucket, 1, at: Self.at(99)))
    #expect(Self.take(&bucket, 1, at: Self.at(100)))
    #expect(!Self.take(&bucket, 1, at: Self.at(100)))
  }

  @Test func `what is refused costs nothing`() {
    var bucket = TokenBucket(rate: 1, burst: 5, at: Self.at(0))
    for _ in 0..<100 { #expect(!Self.take(&bucket, 6, at: Self.at(0))) }
    #expect(Self.take(&bucket, 5, at: Self.at(0)))
  }

  @Test func `a pause fills it to the burst and no further, however long`() {
    var bucket = TokenBucket(rate: .max, burst: 4, at: Self.at(0))
    #expect(Self.take(&bucket, 4, at: Self.at(0)))
    let later = Moment(nanoseconds: .max)
    #expect(!Self.holds(&bucket, 5, at: later))
    #expect(Self.take(&bucket, 4, at: later))
    #expect(!Self.take(&bucket, 1, at: later))
  }

  @Test func `the largest numbers fit`() {
    var bucket = TokenBucket(rate: .max, burst: .max, at: Self.at(0))
    #expect(Self.take(&bucket, Int(UInt32.max), at: Self.at(0)))
    #expect(!Self.take(&bucket, 1, at: Self.at(0)))
    #expect(Self.take(&bucket, Int(UInt32.max), at: Self.at(1000)))
  }

  @Test func `time that goes backwards brings nothing, and takes nothing away`() {
    var bucket = TokenBucket(rate: 1, burst: 1, at: Self.at(5000))
    #expect(Self.take(&bucket, 1, at: Self.at(5000)))
    #expect(!Self.take(&bucket, 1, at: Self.at(0)))
    #expect(!Self.take(&bucket, 1, at: Self.at(5999)))
    #expect(Self.take(&bucket, 1, at: Self.at(6000)))
  }

  @Test func `it is small`() {
    #expect(MemoryLayout<TokenBucket>.size == 24)
  }

  @Test(arguments: Seeds.run(50))
  func `in no window more than the burst and what came in is taken`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let (rate, burst) = (random.number(in: 1...1000), random.number(in: 1...50))
    var now = Moment(nanoseconds: Int64(random.number(in: 0...1_000_000_000)))
    var bucket = TokenBucket(rate: rate, burst: burst, at: now)
    var taken: [(Moment, Int)] = []
    for _ in 0..<300 {
      now = now + .nanoseconds(random.number(in: 0...40_000_000 / rate * 3))
      let count = random.number(in: 1...min(burst, 5))
      if Self.take(&bucket, count, at: now) { taken.append((now, count)) }
    }
    for first in taken.indices {
      var sum: Int64 = 0
      for last in first..<taken.count {
        sum += Int64(taken[last].1)
        // In whole numbers: tokens times nanoseconds.
        let allowed = Int64(burst) * 1_000_000_000 + (taken[last].0 - taken[first].0).nanoseconds * Int64(rate)
        #expect(sum * 1_000_000_000 <= allowed)
      }
    }
  }

  @Test(arguments: Seeds.run(50))
  func `the wait that it names is enough, and not a nanosecond too long`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let (rate, burst) = (random.number(in: 1...100_000), random.number(in: 1...100))
    var now = Self.at(0)
    var bucket = TokenBucket(rate: rate, burst: burst, at: now)
    #expect(Self.untilNext(&bucket, burst + 1, at: now) == nil)
    for _ in 0..<200 {
      let count = random.number(in: 1...burst)
      let wait = try #require(Self.untilNext(&bucket, count, at: now))
      if wait > .zero {
        var early = bucket
        #expect(!Self.take(&early, count, at: now + (wait - .nanoseconds(1))))
      }
      now = now + wait
      #expect(Self.take(&bucket, count, at: now))
    }
  }

  @Test(arguments: Seeds.run(20))
  func `how often it is asked makes no difference`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let rate = random.number(in: 1...997)
    var asked = TokenBucket(rate: rate, burst: 10, at: Self.at(0))
    var left = asked
    #expect(Self.take(&asked, 10, at: Self.at(0)) && Self.take(&left, 10, at: Self.at(0)))
    var now = Self.at(0)
    for _ in 0..<1000 {
      now = now + .nanoseconds(random.number(in: 0...1_000_000))
      _ = Self.holds(&asked, 1, at: now)
    }
    _ = Self.holds(&left, 1, at: now)
    #expect(asked == left)
  }
}
