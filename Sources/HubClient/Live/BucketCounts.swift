/// The counts of a histogram, cumulative by upper edges. A pure value.
package struct BucketCounts: Sendable, Equatable {
  package struct Bucket: Sendable, Equatable {
    /// In seconds; the last is infinite.
    package var edge: Double
    /// How many are not above it.
    package var count: Double

    package init(edge: Double, count: Double) {
      (self.edge, self.count) = (edge, count)
    }
  }

  package let buckets: [Bucket]

  package init(_ buckets: [Bucket]) {
    self.buckets = buckets
  }

  package var count: Double { buckets.last?.count ?? 0 }

  /// What came since an earlier look; all of it where the counts began anew, or have other edges.
  package func since(_ earlier: BucketCounts) -> BucketCounts {
    guard buckets.map(\.edge) == earlier.buckets.map(\.edge), count >= earlier.count else { return self }
    return BucketCounts(
      zip(buckets, earlier.buckets).map { Bucket(edge: $0.edge, count: max(0, $0.count - $1.count)) })
  }

  /// The duration in seconds that so many percent do not exceed, taken as evenly spread within a bucket; nil without
  /// counts. What is in the open bucket is told by its lower edge.
  package func percentile(_ percent: Double) -> Double? {
    guard count > 0 else { return nil }
    let wanted = percent / 100 * count
    var lower = Bucket(edge: 0, count: 0)
    for bucket in buckets {
      if bucket.count >= wanted, bucket.count > lower.count {
        guard bucket.edge.isFinite else { return lower.edge }
        return lower.edge + (bucket.edge - lower.edge) * (wanted - lower.count) / (bucket.count - lower.count)
      }
      lower = bucket
    }
    return lower.edge
  }
}
