import HubTesting
import HubWire
import Testing

@testable import HubRooms

@Suite struct RoomStateTests {
  private static let all = ReadLimit(events: .max, bytes: .max)

  private static func state(newest: UInt64 = 0, events: Int = 1000) -> RoomState {
    RoomState(
      name: Samples.room, place: RoomPlace(newest: Position(epoch: "e", offset: newest), oldest: nil), reactors: 3,
      rules: RoomRules(history: HistoryLimit(events: events, age: 1_000_000, bytes: 1 << 30)))
  }

  private static func filled(_ count: Int, events: Int = 1000) -> RoomState {
    var state = state(events: events)
    for offset in 1...count { _ = take(&state, UInt64(offset)) }
    return state
  }

  /// What becomes due with the event at `offset`.
  private static func take(_ state: inout RoomState, _ offset: UInt64) -> [UInt64] {
    var due = state.append(Samples.event(offset)) == .next ? [offset] : []
    while let next = state.appendEarly() { due.append(next.offset) }
    return due
  }

  @Test func `a point is beyond a room that is behind it, or in another epoch`() {
    let state = Self.filled(3)
    func isBeyond(_ epoch: String, _ offset: UInt64) -> Bool {
      state.isBeyond(.position(Position(epoch: epoch, offset: offset)))
    }
    #expect(!isBeyond("e", 3) && isBeyond("e", 4) && isBeyond("f", 0))
    #expect(!state.isBeyond(nil) && !state.isBeyond(.earliest))
  }

  @Test func `what came too early is known of`() {
    var state = Self.filled(3)
    _ = Self.take(&state, 7)
    _ = Self.take(&state, 5)
    #expect(state.foremost == Position(epoch: "e", offset: 7) && state.newest == Position(epoch: "e", offset: 3))
  }

  @Test func `in whatever order events come, each is due once and in the order of offsets`() {
    for seed in Seeds.run(60) {
      var random = SeededRandom(seed: seed)
      let first = UInt64(random.number(in: 0...9))
      var state = Self.state(newest: first)
      let offsets = (1...40).map { first + UInt64($0) }
      var due: [UInt64] = []
      for offset in offsets.shuffled(using: &random) {
        due += Self.take(&state, offset)
        #expect(state.newest.offset == due.last ?? first)
      }
      #expect(due == offsets, "ROOMCAST_SEED=\(seed)")
    }
  }

  @Test func `an event that came early is not in history before its turn`() {
    var state = Self.state()
    #expect(Self.take(&state, 2).isEmpty)
    #expect(state.history.isEmpty && state.newest.offset == 0)
    #expect(state.replay(after: state.position(0), limit: Self.all).events.isEmpty)
    #expect(Self.take(&state, 1) == [1, 2])
  }

  @Test func `subscriptions are counted by reactor, and a room is deserted without them and without history`() {
    var state = Self.state(newest: 7)
    #expect(state.isDeserted)
    _ = state.attach(reactor: 0, after: nil, limit: Self.all)
    _ = state.attach(reactor: 2, after: nil, limit: Self.all)
    _ = state.attach(reactor: 2, after: nil, limit: Self.all)
    #expect(state.subscriptions == [1, 0, 2] && state.subscriptionCount == 3 && !state.isDeserted)
    state.detach(reactor: 2)
    state.detach(reactor: 2)
    #expect(state.subscriptions == [1, 0, 0] && state.subscriptionCount == 1)
    state.detach(reactor: 0)
    #expect(state.isDeserted)
    _ = Self.take(&state, 8)
    #expect(!state.isDeserted)
    state.expire(at: .max / 2)
    #expect(state.isDeserted && state.newest.offset == 8)
  }

  @Test func `what is replayed in parts is exactly what came after the beginning`() throws {
    for seed in Seeds.run(60) {
      var random = SeededRandom(seed: seed)
      let count = random.number(in: 1...40)
      let kept = random.number(in: 1...45)
      var state = Self.filled(count, events: kept)
      let after = UInt64(random.number(in: 0...(count + 2)))
      let limit = ReadLimit(events: random.number(in: 1...7), bytes: random.once(in: 2) ? 200 : .max)
      let standing = state.attach(reactor: 0, after: try ResumePoint("e-\(after)"), limit: limit)
      let isWithin = Int(after) <= count && Int(after) >= count - min(kept, count)
      #expect(standing.recovered == isWithin, "ROOMCAST_SEED=\(seed)")
      #expect(standing.position == Position(epoch: "e", offset: isWithin ? after : UInt64(count)))
      #expect(
        standing.newest?.offset == (isWithin && Int(after) < count ? UInt64(count) : nil), "ROOMCAST_SEED=\(seed)")
      var replay = standing.replay
      var offsets = replay.events.map(\.offset)
      while !replay.isLast {
        #expect(!replay.events.isEmpty, "a part without events would never end")
        replay = state.replay(after: state.position(replay.end), limit: limit)
        offsets += replay.events.map(\.offset)
      }
      #expect(offsets == (isWithin ? Array((after + 1)..<UInt64(count + 1)) : []), "ROOMCAST_SEED=\(seed)")
      #expect(replay.end == UInt64(count) && replay.lostThrough == nil)
    }
  }

  @Test func `one that fell out of reach is told what is lost, and gets the rest`() {
    let state = Self.filled(10, events: 4)
    let replay = state.replay(after: state.position(2), limit: Self.all)
    #expect(replay.lostThrough == 6)
    #expect(replay.events.map(\.offset) == [7, 8, 9, 10])
    #expect(replay.isLast)
    let edge = state.replay(after: state.position(6), limit: Self.all)
    #expect(edge.lostThrough == nil && edge.events.count == 4)
  }

  @Test func `pages one after another are the whole history`() throws {
    let state = Self.filled(23, events: 20)
    var point = ResumePoint.earliest
    var offsets: [UInt64] = []
    var hasMore = true
    while hasMore {
      let page = state.page(.after(point), limit: ReadLimit(events: 6, bytes: .max))
      #expect(page.recovered)
      offsets += page.events.map(\.offset)
      point = .position(page.position)
      hasMore = page.hasMore
    }
    #expect(offsets == Array(4...23))
    let last = state.page(.last(3), limit: Self.all)
    #expect(last.events.map(\.offset) == [21, 22, 23] && !last.hasMore && last.position.offset == 23)
    #expect(state.page(.last(100), limit: Self.all).events.count == 20)
    let lost = state.page(.after(try ResumePoint("e-2")), limit: Self.all)
    #expect(!lost.recovered && lost.events.isEmpty && lost.position.offset == 23 && !lost.hasMore)
    let empty = Self.state(newest: 5).page(.last(10), limit: Self.all)
    #expect(empty.events.isEmpty && empty.position.offset == 5)
  }

  @Test func `an event that has been here before is known, and changes nothing`() {
    var state = Self.filled(3)
    #expect(state.append(Samples.event(2)) == .known && state.append(Samples.event(3)) == .known)
    #expect(state.newest.offset == 3 && state.history.count == 3 && !state.hasEarly)
  }
}
