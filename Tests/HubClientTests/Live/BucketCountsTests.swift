import Testing

@testable import HubClient

@Suite struct BucketCountsTests {
  private func counts(_ numbers: Double..., edges: [Double] = [1, 2, .infinity]) -> BucketCounts {
    BucketCounts(zip(edges, numbers).map { BucketCounts.Bucket(edge: $0, count: $1) })
  }

  @Test func `a percentile lies evenly spread within its bucket`() {
    let counts = counts(10, 20, 20)
    #expect(counts.percentile(50) == 1 && counts.percentile(75) == 1.5 && counts.percentile(25) == 0.5)
  }

  @Test func `an empty bucket has none, and the open one tells its lower edge`() {
    #expect(counts(0, 10, 10).percentile(10) == 1.1 && counts(0, 0, 5).percentile(50) == 2)
    #expect(counts(0, 0, 0).percentile(50) == nil && BucketCounts([]).percentile(50) == nil)
  }

  @Test func `what came since is the difference`() {
    #expect(counts(3, 5, 6).since(counts(1, 2, 2)) == counts(2, 3, 4))
  }

  @Test func `after a restart all is new, and so it is with other edges`() {
    #expect(counts(1, 2, 2).since(counts(3, 5, 6)) == counts(1, 2, 2))
    #expect(counts(3, 5, 6).since(counts(1, 2, 2, edges: [1, 3, .infinity])) == counts(3, 5, 6))
  }
}
