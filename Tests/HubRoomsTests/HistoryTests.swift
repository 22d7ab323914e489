import HubTesting
import HubWire
import Testing

@testable import HubRooms

@Suite struct HistoryTests {
  private static let wide = RoomRules(history: HistoryLimit(events: 1000, age: 1_000_000, bytes: 1 << 30))
  private static let all = ReadLimit(events: .max, bytes: .max)

  @Test func `it keeps the newest without a hole, within count, age and bytes`() {
    for seed in Seeds.run(60) {
      var random = SeededRandom(seed: seed)
      let limit = HistoryLimit(
        events: random.number(in: 1...20), age: Int64(random.number(in: 0...500)), bytes: random.number(in: 100...6000))
      let first = UInt64(random.number(in: 0...5))
      var history = History(newest: first)
      var model: [Event] = []
      var time: Int64 = 0
      for offset in 1...120 {
        time += Int64(random.number(in: 0...60))
        let event = Samples.event(
          first + UInt64(offset), time: time, data: "\"\(String(repeating: "x", count: random.number(in: 0...300)))\"")
        history.append(event, rules: RoomRules(history: limit))
        model.append(event)
        while model.count > limit.events || model.reduce(0, { $0 + $1.cost }) > limit.bytes { model.removeFirst() }
        model.removeAll { $0.time < time - limit.age }
        #expect(history.newest == first + UInt64(offset))
        #expect(history.count == model.count, "ROOMCAST_SEED=\(seed)")
        #expect(history.cost == model.reduce(0) { $0 + $1.cost })
        #expect(history.oldest == model.first?.offset ?? history.newest + 1)
        #expect(history.oldestTime == model.first?.time)
        let kept = history.events(after: history.oldest - 1, limit: Self.all).map(\.offset)
        #expect(kept == model.map(\.offset), "ROOMCAST_SEED=\(seed)")
      }
    }
  }

  @Test func `a read begins after the offset, ends at a bound, and gives at least one`() {
    var history = History(newest: 0)
    for offset in 1...10 { history.append(Samples.event(UInt64(offset)), rules: Self.wide) }
    let size = Samples.event(1).frame.bytes.count
    func read(_ after: UInt64, events: Int = .max, bytes: Int = .max) -> [UInt64] {
      history.events(after: after, limit: ReadLimit(events: events, bytes: bytes)).map(\.offset)
    }
    #expect(read(0) == Array(1...10))
    #expect(read(9) == [10])
    #expect(read(10).isEmpty)
    #expect(read(11).isEmpty)
    #expect(read(3, events: 2) == [4, 5])
    #expect(read(3, bytes: 3 * size) == [4, 5, 6])
    #expect(read(3, bytes: 1) == [4])
    history.free(bytes: 1)
    #expect(history.oldest == 2)
    #expect(read(0).isEmpty, "a read must not begin in the middle")
  }

  @Test func `freeing takes the oldest and no more than it must`() {
    var history = History(newest: 0)
    for offset in 1...10 { history.append(Samples.event(UInt64(offset)), rules: Self.wide) }
    let cost = Samples.event(1).cost
    history.free(bytes: 3 * cost)
    #expect(history.oldest == 4 && history.count == 7)
    history.free(bytes: 1 << 40)
    #expect(history.isEmpty && history.cost == 0 && history.newest == 10)
  }

  @Test func `an event larger than the whole bound is not kept, and its offset counts`() {
    var history = History(newest: 0)
    history.append(Samples.event(1), rules: RoomRules(history: HistoryLimit(events: 10, age: 1000, bytes: 10)))
    #expect(history.isEmpty && history.newest == 1 && history.oldest == 2)
  }

  @Test func `the newest stays for its own time where it is kept for newcomers`() {
    for seed in Seeds.run(60) {
      var random = SeededRandom(seed: seed)
      var rules = RoomRules(
        history: HistoryLimit(
          events: random.number(in: 1...5), age: Int64(random.number(in: 0...500)), bytes: random.number(in: 1...600)))
      rules.keepsLast = true
      rules.lastAge = Int64(random.number(in: 0...3000))
      var history = History(newest: 0)
      var (time, published, newest): (Int64, Int64, UInt64) = (0, 0, 0)
      for _ in 0..<60 {
        time += Int64(random.number(in: 0...1500))
        if random.once(in: 2) {
          newest += 1
          published = time
          history.append(Samples.event(newest, time: time), rules: rules)
        } else {
          history.expire(at: time, rules: rules)
        }
        let isKept = newest > 0 && time - published <= max(rules.lastAge, rules.history.age)
        #expect(history.isEmpty != isKept, "ROOMCAST_SEED=\(seed)")
        #expect(history.count <= rules.history.events && (history.count <= 1 || history.cost <= rules.history.bytes))
        #expect(history.count <= 1 || time - history.oldestTime! <= rules.history.age, "ROOMCAST_SEED=\(seed)")
      }
    }
  }
}
