import HubIO
import HubTesting
import HubWire
import Synchronization
import Testing

@testable import HubRooms

@Suite struct MemoryEngineStateTests {
  private final class Epochs: Sendable {
    let number = Atomic<Int>(0)
  }

  private static func state(rooms: Int = 100, keys: Int = 100) -> MemoryEngineState {
    let epochs = Epochs()
    return MemoryEngineState(
      limits: MemoryEngineLimits(
        remember: .seconds(100), rememberedRooms: rooms, idempotency: .seconds(10), idempotencyKeys: keys),
      makeEpoch: { "e\(epochs.number.add(1, ordering: .relaxed).newValue)" })
  }

  private static func append(
    _ state: inout MemoryEngineState, _ room: String = "a", key: IdempotencyKey? = nil, isEphemeral: Bool = false,
    subscribers: Int = 0, at time: Int = 0
  ) throws -> Appended {
    try state.append(
      to: Samples.room(room), isEphemeral: isEphemeral, key: key, subscribers: subscribers, at: Samples.moment(time))
  }

  @Test func `offsets of a room are 1, 2, 3, whatever happens in others and between`() throws {
    for seed in Seeds.run(30) {
      var random = SeededRandom(seed: seed)
      var state = Self.state()
      var newest: [String: UInt64] = [:]
      for time in 0..<300 {
        let room = ["a", "b", "c"][random.number(in: 0..<3)]
        switch random.number(in: 0..<6) {
        case 0: state.close(Samples.room(room), at: Samples.moment(time / 10))
        case 1:
          let position = state.open(Samples.room(room), at: Samples.moment(time / 10))
          #expect(position.offset == newest[room, default: 0], "ROOMCAST_SEED=\(seed)")
        case 2: #expect(try Self.append(&state, room, isEphemeral: true) == .fresh(nil))
        default:
          newest[room, default: 0] += 1
          _ = state.open(Samples.room(room), at: Samples.moment(time / 10))
          guard case .fresh(let position?) = try Self.append(&state, room) else {
            Issue.record("no position")
            continue
          }
          #expect(position.offset == newest[room], "ROOMCAST_SEED=\(seed)")
        }
      }
    }
  }

  @Test func `a room that is gone is remembered for its time, and then begins a new epoch`() throws {
    var state = Self.state()
    let first = state.open(Samples.room("a"), at: Samples.moment(0))
    _ = try Self.append(&state)
    state.close(Samples.room("a"), at: Samples.moment(10))
    #expect(state.rememberedRooms == 1)
    #expect(state.open(Samples.room("a"), at: Samples.moment(110)) == Position(epoch: first.epoch, offset: 1))
    #expect(state.rememberedRooms == 0)
    state.close(Samples.room("a"), at: Samples.moment(120))
    let second = state.open(Samples.room("a"), at: Samples.moment(221))
    #expect(second.offset == 0 && second.epoch != first.epoch)
  }

  @Test func `an open room is never forgotten`() throws {
    var state = Self.state(rooms: 1)
    let first = state.open(Samples.room("a"), at: Samples.moment(0))
    for number in 0..<10 {
      _ = state.open(Samples.room("b\(number)"), at: Samples.moment(1000))
      state.close(Samples.room("b\(number)"), at: Samples.moment(1000))
    }
    #expect(state.open(Samples.room("a"), at: Samples.moment(99_999)).epoch == first.epoch)
  }

  @Test func `of too many rooms the longest unused goes first`() {
    var state = Self.state(rooms: 3)
    var epochs: [String: String] = [:]
    for (time, name) in ["a", "b", "c", "d", "e"].enumerated() {
      epochs[name] = state.open(Samples.room(name), at: Samples.moment(time)).epoch
      state.close(Samples.room(name), at: Samples.moment(time))
      // `a` is used again and again.
      _ = state.open(Samples.room("a"), at: Samples.moment(time))
      state.close(Samples.room("a"), at: Samples.moment(time))
      #expect(state.rememberedRooms <= 3)
    }
    #expect(state.rememberedRooms == 3)
    func isRemembered(_ name: String) -> Bool {
      var copy = state
      return copy.open(Samples.room(name), at: Samples.moment(5)).epoch == epochs[name]
    }
    #expect(["a", "d", "e"].allSatisfy(isRemembered))
    #expect(!["b", "c"].contains(where: isRemembered))
  }

  @Test func `the same key for the same event gives the same answer and no second event`() throws {
    var state = Self.state()
    let answer = try Self.append(&state, key: Samples.key("k"), subscribers: 7)
    guard case .fresh(let position) = answer else { return #expect(Bool(false)) }
    #expect(
      try Self.append(&state, key: Samples.key("k"), subscribers: 8, at: 10)
        == .duplicate(position, subscribers: 7))
    #expect(try Self.append(&state) == .fresh(Position(epoch: position?.epoch ?? "", offset: 2)))
    #expect(throws: HubError.self) { try Self.append(&state, key: Samples.key("k", digest: 9)) }
    #expect(try Self.append(&state, key: Samples.key("k", principal: "ann")) != .duplicate(position, subscribers: 7))
    #expect(try Self.append(&state, "b", key: Samples.key("k")) != .duplicate(position, subscribers: 7))
  }

  @Test func `a conflict takes nothing`() throws {
    var state = Self.state()
    _ = try Self.append(&state, key: Samples.key("k"))
    _ = try? Self.append(&state, key: Samples.key("k", digest: 9))
    guard case .fresh(let position?) = try Self.append(&state) else { return #expect(Bool(false)) }
    #expect(position.offset == 2)
  }

  @Test func `keys of ephemeral events count too`() throws {
    var state = Self.state()
    #expect(try Self.append(&state, key: Samples.key("k"), isEphemeral: true) == .fresh(nil))
    #expect(try Self.append(&state, key: Samples.key("k"), isEphemeral: true) == .duplicate(nil, subscribers: 0))
  }

  @Test func `a key is forgotten after its time, and the oldest when there are too many`() throws {
    var state = Self.state(keys: 3)
    _ = try Self.append(&state, key: Samples.key("old"))
    guard case .fresh = try Self.append(&state, key: Samples.key("old"), at: 11) else { return #expect(Bool(false)) }
    for number in 0..<50 {
      _ = try Self.append(&state, key: Samples.key("k\(number)"), at: 11)
      #expect(state.rememberedKeys <= 3)
    }
    guard case .duplicate = try Self.append(&state, key: Samples.key("k49"), at: 12) else {
      return #expect(Bool(false))
    }
    guard case .fresh = try Self.append(&state, key: Samples.key("k46"), at: 12) else { return #expect(Bool(false)) }
  }
}
