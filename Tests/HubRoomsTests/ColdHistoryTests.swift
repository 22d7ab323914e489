import HubTesting
import HubWire
import Testing

@testable import HubRooms

/// A room that keeps little in memory, beside a store that keeps more.
@Suite struct ColdHistoryTests {
  private static let all = ReadLimit(events: .max, bytes: .max)

  /// What an engine would say, by the contract of ``Engine/read(_:after:through:limit:)``.
  private struct Store {
    var oldest: UInt64
    var newest: UInt64

    func read(after offset: UInt64, through end: UInt64, limit: ReadLimit) -> [Event] {
      let first = max(offset + 1, oldest)
      guard first <= end else { return [] }
      return (first...end).prefix(limit.events).map { Samples.event($0) }
    }

    var place: RoomPlace { RoomPlace(newest: Position(epoch: "e", offset: newest), oldest: oldest) }
  }

  /// Twenty events, of which the store has those from `oldest` on and memory the last `hot`.
  private static func room(oldest: UInt64, hot: Int, count: UInt64 = 20) -> (RoomState, Store) {
    let store = Store(oldest: oldest, newest: count)
    let place = RoomPlace(newest: Position(epoch: "e", offset: 0), oldest: oldest)
    var state = RoomState(
      name: Samples.room, place: place, reactors: 1,
      rules: RoomRules(history: HistoryLimit(events: hot, age: 1_000_000, bytes: 1 << 30)))
    for offset in 1...count { #expect(state.append(Samples.event(offset)) == .next) }
    return (state, store)
  }

  @Test func `read in parts from the store and then from memory, nothing is missing and nothing comes twice`() throws {
    for seed in Seeds.run(200) {
      var random = SeededRandom(seed: seed)
      var (state, store) = Self.room(
        oldest: UInt64(random.number(in: 1...15)), hot: random.number(in: 1...12))
      let oldest = state.reach.oldest
      let limit = ReadLimit(events: random.number(in: 1...6), bytes: .max)
      let after = UInt64(random.number(in: 0...20))
      let point = try ResumePoint("e-\(after)")
      var cold: [Event] = []
      if let missing = state.missing(after: point) {
        #expect(missing == after)
        cold = store.read(after: missing, through: state.history.oldest - 1, limit: limit)
      }
      let standing = state.attach(reactor: 0, after: point, limit: limit, cold: cold)
      #expect(standing.recovered == (after + 1 >= oldest), "ROOMCAST_SEED=\(seed)")
      var replay = standing.replay
      var offsets = replay.events.map(\.offset)
      while !replay.isLast {
        // Events go on coming, and memory goes on forgetting.
        if random.once(in: 2), store.newest < 30 {
          store.newest += 1
          #expect(state.append(Samples.event(store.newest)) == .next)
        }
        let position = state.position(replay.end)
        let end = state.history.oldest - 1
        let cold = state.missing(after: position).map { store.read(after: $0, through: end, limit: limit) } ?? []
        replay = state.replay(after: position, limit: limit, cold: cold)
        #expect(replay.leadsOn(from: position), "ROOMCAST_SEED=\(seed)")
        offsets += replay.events.map(\.offset)
      }
      let start = standing.recovered == true ? after : 20
      #expect(offsets == Array((start + 1)..<(replay.end + 1)), "ROOMCAST_SEED=\(seed)")
      #expect(replay.end == state.newest.offset && replay.lostThrough == nil)
    }
  }

  @Test func `memory alone is asked where it has what is wanted`() throws {
    let (state, _) = Self.room(oldest: 3, hot: 5)
    #expect(state.history.oldest == 16 && state.reach.oldest == 3)
    #expect(state.missing(after: try ResumePoint("e-15")) == nil)
    #expect(state.missing(after: try ResumePoint("e-14")) == 14)
    #expect(state.missing(after: .earliest) == 2)
    #expect(state.missing(after: nil) == nil)
    #expect(state.missing(after: try ResumePoint("e-1")) == nil, "it cannot be recovered, so it begins at the newest")
    #expect(state.missing(for: .last(5)) == nil)
    #expect(state.missing(for: .last(6)) == 14)
    #expect(state.missing(for: .last(500)) == 2)
  }

  @Test func `what the store has dropped by the time it is read is a gap, or no recovery`() throws {
    var (state, store) = Self.room(oldest: 3, hot: 5)
    let position = state.position(6)
    #expect(state.missing(after: position) == 6)
    store.oldest = 10
    let cold = store.read(after: 6, through: 15, limit: Self.all)
    state.note(store.place)
    let replay = state.replay(after: position, limit: Self.all, cold: cold)
    #expect(replay.lostThrough == 9 && replay.events.map(\.offset) == Array(10...20) && replay.isLast)
    let standing = state.attach(reactor: 0, after: try ResumePoint("e-6"), limit: Self.all, cold: cold)
    #expect(standing.recovered == false && standing.position.offset == 20)
    store.oldest = 2
    state.note(store.place)
    #expect(state.reach.oldest == 10, "a store does not get back what it dropped")
  }

  @Test func `what was read for another place is not taken for what follows`() {
    let (state, store) = Self.room(oldest: 1, hot: 5)
    let cold = store.read(after: 9, through: 15, limit: Self.all)
    let replay = state.replay(after: state.position(4), limit: Self.all, cold: cold)
    #expect(replay.events.isEmpty && replay.end == 4 && !replay.isLast)
    #expect(!replay.leadsOn(from: state.position(4)))
  }

  @Test func `pages reach from the store into memory`() {
    let (state, store) = Self.room(oldest: 4, hot: 6)
    let limit = ReadLimit(events: 14, bytes: .max)
    let cold = store.read(after: 3, through: 14, limit: limit)
    let page = state.page(.after(.earliest), limit: limit, cold: cold)
    #expect(page.events.map(\.offset) == Array(4...17) && page.hasMore && page.position.offset == 17)
    let last = state.page(.last(8), limit: limit, cold: store.read(after: 12, through: 14, limit: limit))
    #expect(last.events.map(\.offset) == Array(13...20) && !last.hasMore)
  }

  @Test func `a new epoch begins with what the store has of it`() throws {
    var (state, _) = Self.room(oldest: 3, hot: 5)
    _ = state.append(Samples.event(25))
    #expect(state.hasEarly)
    state.renew(RoomPlace(newest: Position(epoch: "f", offset: 8), oldest: 4))
    #expect(state.newest == Position(epoch: "f", offset: 3) && state.history.isEmpty && !state.hasEarly)
    #expect(state.append(Samples.event(4, epoch: "f")) == .next)
    let replay = state.replay(after: Position(epoch: "e", offset: 20), limit: Self.all)
    #expect(replay.lostThrough == 3 && replay.events.map(\.offset) == [4] && replay.isLast)
    let standing = state.attach(reactor: 0, after: try ResumePoint("e-20"), limit: Self.all)
    #expect(standing.recovered == false && standing.position == Position(epoch: "f", offset: 4))
  }

  @Test func `what the store dropped before the room saw it is skipped, and what waits behind it comes`() {
    var (state, _) = Self.room(oldest: 1, hot: 5)
    #expect(state.append(Samples.event(26)) == .early && state.append(Samples.event(23)) == .early)
    state.skip(to: 25)
    #expect(state.appendEarly()?.offset == 26 && state.appendEarly() == nil)
    #expect(state.newest.offset == 26 && !state.hasEarly)
  }
}
