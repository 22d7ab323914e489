import HubRooms
import Testing

@testable import HubRedis

@Suite struct NodeTableTests {
  private let status = NodeStatus(version: "1", connections: 3, load: 0.125, since: 5, isDraining: false)

  private func told(_ ends: [String: Int64]) -> [(name: String, ends: Int64, status: NodeStatus)] {
    ends.map { ($0.key, $0.value, status) }
  }

  @Test func `a node that is silent is gone when its lease ends, and not before`() {
    var table = NodeTable(lease: 1000)
    let gone1 = table.adopt(told(["a": 2000, "b": 2500]), at: 1000, isFirst: true)
    #expect(gone1 == .init(gone: []))
    #expect(table.records.map(\.name) == ["a", "b"])
    #expect(table.untilNextEnd == 1000)
    // It has vanished from the table: Redis may have lost it, and its lease goes on.
    let gone2 = table.adopt(told(["a": 2900]), at: 1900, isFirst: false)
    #expect(gone2 == .init(gone: []))
    let gone3 = table.adopt(told(["a": 3500]), at: 2600, isFirst: false)
    #expect(gone3 == .init(gone: [.init(name: "b", late: 100)]))
    #expect(table.records.map(\.name) == ["a"])
    let gone4 = table.adopt(told(["a": 3500]), at: 2700, isFirst: false)
    #expect(gone4 == .init(gone: []))
  }

  @Test func `after a time in which nobody could renew a lease, everybody gets another`() {
    var table = NodeTable(lease: 1000)
    _ = table.adopt(told(["a": 2000, "b": 2000]), at: 1000, isFirst: true)
    let gone5 = table.adopt(told(["a": 9000]), at: 8000, isFirst: true)
    #expect(gone5 == .init(gone: []))
    let gone6 = table.adopt(told(["a": 9900]), at: 9001, isFirst: false)
    #expect(gone6 == .init(gone: [.init(name: "b", late: 1)]))
  }

  @Test func `one that was only stopped comes back`() {
    var table = NodeTable(lease: 1000)
    _ = table.adopt(told(["a": 2000, "b": 9000]), at: 1000, isFirst: true)
    let ended = table.adopt(told(["b": 9000]), at: 2500, isFirst: false)
    #expect(ended == .init(gone: [.init(name: "a", late: 500)]))
    let back = table.adopt(told(["a": 4000, "b": 9000]), at: 3000, isFirst: false)
    #expect(back == .init(gone: [], hasReturns: true))
    let still = table.adopt(told(["a": 4500, "b": 9000]), at: 3500, isFirst: false)
    #expect(still == .init())
  }

  @Test func `what a node tells of itself comes back, to a thousandth of its load`() throws {
    #expect(NodeStatus(json: status.json) == status)
    #expect(NodeStatus(json: Array("{}".utf8)) == nil)
  }
}
