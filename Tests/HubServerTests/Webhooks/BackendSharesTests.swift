import Testing

@testable import HubServer

@Suite struct BackendSharesTests {
  private static func shares(of limit: Int, _ count: Int) -> [Int] {
    (0..<count).map { Backends.share(of: limit, index: $0, shares: count) }
  }

  @Test func `the workers' parts of a limit add up to it`() {
    for (limit, count) in [(64, 16), (65, 16), (79, 16), (1_000, 6), (5, 5), (7, 1)] {
      let shares = Self.shares(of: limit, count)
      #expect(shares.reduce(0, +) == limit && shares.max()! - shares.min()! <= 1)
    }
  }

  @Test func `each worker may ask one at the least, unless none may wait`() {
    #expect(Self.shares(of: 1, 4) == [1, 1, 1, 1])
    #expect(Self.shares(of: 3, 4) == [1, 1, 1, 1])
    #expect(Self.shares(of: 0, 4) == [0, 0, 0, 0])
  }
}
