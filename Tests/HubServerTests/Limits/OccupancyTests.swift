import HubTesting
import Testing

@testable import HubServer

@Suite struct OccupancyTests {
  private static func enter<Key>(_ occupancy: inout Occupancy<Key>, _ key: Key, limit: Int) -> Seat {
    occupancy.enter(key, limit: limit)
  }

  @Test func `so many are held as the limit says, and one comes in when one leaves`() {
    var occupancy = Occupancy<String>()
    #expect(Self.enter(&occupancy, "a", limit: 2) == .held)
    #expect(Self.enter(&occupancy, "a", limit: 2) == .held)
    #expect(Self.enter(&occupancy, "a", limit: 2) == .refused)
    #expect(Self.enter(&occupancy, "b", limit: 2) == .held)
    occupancy.leave("a", as: .refused)
    #expect(Self.enter(&occupancy, "a", limit: 2) == .refused)
    // The one that is still being told is not in the way of a new one.
    occupancy.leave("a", as: .held)
    #expect(Self.enter(&occupancy, "a", limit: 2) == .held)
  }

  @Test(arguments: [1, 64, 100]) func `as many again are told, at least 64, and further ones are shed`(limit: Int) {
    var occupancy = Occupancy<Int>()
    for _ in 0..<limit { #expect(Self.enter(&occupancy, 1, limit: limit) == .held) }
    for _ in 0..<max(64, limit) { #expect(Self.enter(&occupancy, 1, limit: limit) == .refused) }
    for _ in 0..<10 { #expect(Self.enter(&occupancy, 1, limit: limit) == .shed) }
    occupancy.leave(1, as: .refused)
    #expect(Self.enter(&occupancy, 1, limit: limit) == .refused)
  }

  @Test func `whoever was never counted takes nothing away`() {
    var occupancy = Occupancy<Int>()
    occupancy.leave(1, as: .held)
    #expect(occupancy.count == 0)
    for seat in [Seat.held, .held] { #expect(Self.enter(&occupancy, 1, limit: 2) == seat) }
    occupancy.leave(1, as: .refused)
    occupancy.leave(1, as: .free)
    occupancy.leave(1, as: .shed)
    #expect(Self.enter(&occupancy, 1, limit: 2) == .refused)
  }

  @Test(arguments: Seeds.run(30))
  func `in any order nobody holds more than the limit, and nothing is left when all have gone`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let limit = random.number(in: 1...5)
    var occupancy = Occupancy<Int>()
    var inside: [(key: Int, seat: Seat)] = []
    for _ in 0..<2000 {
      if random.once(in: 2), !inside.isEmpty {
        let one = inside.remove(at: random.number(in: 0..<inside.count))
        occupancy.leave(one.key, as: one.seat)
      } else {
        let key = random.number(in: 0..<4)
        let held = inside.count { $0.key == key && $0.seat == .held }
        let seat = Self.enter(&occupancy, key, limit: limit)
        #expect((seat == .held) == (held < limit))
        if seat != .shed { inside.append((key, seat)) }
      }
      #expect(occupancy.count == Set(inside.map(\.key)).count)
    }
    for one in inside { occupancy.leave(one.key, as: one.seat) }
    #expect(occupancy.count == 0)
  }
}
