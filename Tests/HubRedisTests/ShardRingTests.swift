import Testing

@testable import HubRedis

@Suite struct ShardRingTests {
  private let rooms = (0..<6000).map { "room:\($0)" }

  @Test func `each server has about its share`() {
    let ring = ShardRing(["a:6379", "b:6379", "c:6379"])
    var counts = [0, 0, 0]
    for room in rooms { counts[ring.server(of: room)] += 1 }
    #expect(counts.allSatisfy { (1700...2300).contains($0) }, "\(counts)")
  }

  @Test func `a server more takes rooms from the others, and moves no other`() {
    let before = ShardRing(["a", "b", "c"])
    let after = ShardRing(["a", "b", "c", "d"])
    var moved = 0
    for room in rooms where before.server(of: room) != after.server(of: room) {
      #expect(after.server(of: room) == 3)
      moved += 1
    }
    #expect((1200...1800).contains(moved), "\(moved)")
  }

  @Test func `the order in which servers are named moves nothing`() {
    let names = ["a", "b", "c"]
    let (one, other) = (ShardRing(names), ShardRing(names.reversed()))
    for room in rooms { #expect(names[one.server(of: room)] == Array(names.reversed())[other.server(of: room)]) }
  }
}
