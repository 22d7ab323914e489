import HubIO
import HubTesting
import Testing

@Suite struct TimerWheelTests {
  private static let tick: Int64 = 8_000_000

  private struct Expected {
    let id: TimerWheel<Int>.ID
    let payload: Int
    /// The tick at which it must fire: the first at or after its deadline, and later than the one at which it was made.
    let due: Int64
  }

  /// Around the edges of the wheel's levels, where an entry moves from one to the next.
  private static func delay(_ random: inout SeededRandom) -> Int64 {
    let level = [1, 63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 262_145][random.number(in: 0..<10)]
    let base = random.once(in: 2) ? Int64(random.number(in: 0...200)) : Int64(level)
    return max(0, base * tick + Int64(random.number(in: -9...9)) * 1_000_000)
  }

  @Test func `what fires is what is due, never early, in the order of ticks`() {
    for seed in Seeds.run(40) {
      var random = SeededRandom(seed: seed)
      var now = Moment(nanoseconds: Int64(random.number(in: 0...5_000_000)) * 1_000_003)
      var wheel = TimerWheel<Int>(now: now)
      var expected: [Expected] = []
      var made = 0
      for _ in 0..<300 {
        switch random.number(in: 0..<4) {
        case 0, 1:
          let deadline = now + .nanoseconds(Self.delay(&random))
          let due = max(now.nanoseconds / Self.tick + 1, (deadline.nanoseconds + Self.tick - 1) / Self.tick)
          made += 1
          expected.append(Expected(id: wheel.schedule(made, at: deadline), payload: made, due: due))
        case 2 where !expected.isEmpty:
          let gone = expected.remove(at: random.number(in: 0..<expected.count))
          #expect(wheel.cancel(gone.id) == gone.payload)
          #expect(wheel.cancel(gone.id) == nil)
        default:
          now =
            now + .nanoseconds(random.once(in: 8) ? Self.delay(&random) : Int64(random.number(in: 0...40)) * 1_000_000)
          var fired: ContiguousArray<Int> = []
          wheel.advance(to: now, into: &fired)
          let reached = now.nanoseconds / Self.tick
          let due = expected.filter { $0.due <= reached }
          expected.removeAll { $0.due <= reached }
          #expect(fired.sorted() == due.map(\.payload).sorted(), "ROOMCAST_SEED=\(seed)")
          let ticks = fired.compactMap { payload in due.first { $0.payload == payload }?.due }
          #expect(ticks == ticks.sorted(), "ROOMCAST_SEED=\(seed)")
          for timer in due { #expect(wheel.cancel(timer.id) == nil) }
        }
        #expect(wheel.count == expected.count)
      }
    }
  }

  @Test func `nobody sleeps past a deadline, and sleeping as long as allowed gets there`() {
    for seed in Seeds.run(40) {
      var random = SeededRandom(seed: seed)
      var now = Moment(nanoseconds: Int64(random.number(in: 0...1_000_000)))
      var wheel = TimerWheel<Int>(now: now)
      #expect(wheel.sleepLimit(now: now) == nil)
      let deadline = now + .nanoseconds(Self.delay(&random))
      let due = max(now.nanoseconds / Self.tick + 1, (deadline.nanoseconds + Self.tick - 1) / Self.tick) * Self.tick
      _ = wheel.schedule(1, at: deadline)
      var fired: ContiguousArray<Int> = []
      var naps = 0
      while fired.isEmpty, naps < 10_000, let limit = wheel.sleepLimit(now: now) {
        naps += 1
        #expect((now + limit).nanoseconds <= due, "ROOMCAST_SEED=\(seed)")
        now = now + limit
        wheel.advance(to: now, into: &fired)
      }
      #expect(fired == [1], "ROOMCAST_SEED=\(seed)")
      #expect(now.nanoseconds == due, "ROOMCAST_SEED=\(seed): woken at \(now.nanoseconds), due at \(due)")
    }
  }

  @Test func `the name of a timer that is gone does not cancel the one that took its place`() {
    var wheel = TimerWheel<Int>(now: Moment(nanoseconds: 0))
    let first = wheel.schedule(1, at: Moment(nanoseconds: 0))
    wheel.cancel(first)
    let second = wheel.schedule(2, at: Moment(nanoseconds: 0))
    #expect(wheel.cancel(first) == nil)
    #expect(wheel.count == 1)
    #expect(wheel.cancel(second) == 2)
  }

  @Test func `a deadline beyond the reach of the wheel waits at its edge`() {
    var wheel = TimerWheel<Int>(now: Moment(nanoseconds: 0))
    _ = wheel.schedule(1, at: Moment(nanoseconds: .max / 2))
    var fired: ContiguousArray<Int> = []
    wheel.advance(to: Moment(nanoseconds: 3_600_000_000_000), into: &fired)
    #expect(fired.isEmpty)
    #expect(wheel.count == 1)
  }

  @Test func `an empty wheel passes any time at once`() {
    var wheel = TimerWheel<Int>(now: Moment(nanoseconds: 0))
    var fired: ContiguousArray<Int> = []
    let late = Moment(nanoseconds: .max / 2)
    wheel.advance(to: late, into: &fired)
    _ = wheel.schedule(1, at: late)
    wheel.advance(to: late + .milliseconds(16), into: &fired)
    #expect(fired == [1])
  }
}
