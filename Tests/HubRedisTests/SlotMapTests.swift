import HubWire
import Testing

@testable import HubRedis

@Suite struct SlotMapTests {
  private func range(_ first: Int, _ last: Int, _ host: String, _ port: Int) -> RESPValue {
    .array([
      .integer(Int64(first)), .integer(Int64(last)),
      .array([.bulk(Array(host.utf8)), .integer(Int64(port)), .bulk(Array("id".utf8)), .array([])]),
      .array([.bulk(Array("replica".utf8)), .integer(1), .bulk(Array("id2".utf8)), .array([])]),
    ])
  }

  private func endpoint(_ host: String, _ port: Int) -> RedisEndpoint? {
    UInt16(exactly: port).map { RedisEndpoint(host: host, port: $0) }
  }

  @Test func `every slot has the master of its range`() {
    var map = SlotMap()
    #expect(!map.isWhole)
    let answer = RESPValue.array([range(0, 8191, "a", 1), range(8192, 16_383, "b", 2)])
    let hasMoved1 = map.adopt(answer, endpoint: endpoint)
    #expect(hasMoved1)
    #expect(map.isWhole && map.masters.count == 2)
    #expect(map.master(of: 8191) == RedisEndpoint(host: "a", port: 1))
    #expect(map.master(of: 8192) == RedisEndpoint(host: "b", port: 2))
    let hasMoved2 = map.adopt(answer, endpoint: endpoint)
    #expect(!hasMoved2)
    map.move(5, to: RedisEndpoint(host: "b", port: 2))
    #expect(map.master(of: 5) == RedisEndpoint(host: "b", port: 2))
    let hasMoved3 = map.adopt(answer, endpoint: endpoint)
    #expect(hasMoved3)
    #expect(map.master(of: 5) == RedisEndpoint(host: "a", port: 1))
  }

  @Test func `what is no range changes nothing, and who knows nothing tells nothing`() {
    var map = SlotMap()
    _ = map.adopt(.array([range(0, 16_383, "a", 1)]), endpoint: endpoint)
    let hasMoved4 = map.adopt(.array([]), endpoint: endpoint)
    #expect(!hasMoved4)
    let hasMoved5 = map.adopt(.array([range(5, 20_000, "b", 2), range(9, 3, "b", 2), .integer(1)]), endpoint: endpoint)
    #expect(!hasMoved5)
    #expect(map.isWhole)
  }
}
