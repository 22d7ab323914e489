import Glibc

/// A distribution of durations in microseconds, as far as a table and a plot need it. A pure value.
package struct Percentiles: Sendable, Equatable {
  /// The places that are kept: on the scale of a plot, a tenth of the way from each nine to the next.
  ///
  /// Place `n` is the percentile of which 10^-n remain above: 0 is the least, 1 is p90, 2 is p99, 3 is p99.9.
  package static let places: [Double] = (0...30).map { Double($0) / 10 }

  package var count: Int
  package var p50: Double
  package var p95: Double
  package var p99: Double
  package var p999: Double
  package var maximum: Double
  /// The values at ``places``.
  package var curve: [Double]

  package init(_ histogram: borrowing Histogram) {
    count = histogram.count
    p50 = histogram.percentile(50)
    p95 = histogram.percentile(95)
    p99 = histogram.percentile(99)
    p999 = histogram.percentile(99.9)
    maximum = Double(histogram.maximum) / 1000
    curve = []
    for place in Self.places { curve.append(histogram.percentile(Self.percent(at: place))) }
  }

  /// The percentile that a place stands for.
  package static func percent(at place: Double) -> Double { 100 * (1 - pow(10, -place)) }

  /// The place of a percentile below 100.
  package static func place(of percent: Double) -> Double { -log10(1 - percent / 100) }

  /// The medians of several runs, each figure by itself, and of the maxima the greatest; nil for none.
  package init?(medianOf runs: [Percentiles]) {
    guard var result = runs.first else { return nil }
    func median(_ figure: (Percentiles) -> Double) -> Double { runs.map(figure).median ?? 0 }
    result.count = runs.reduce(0) { $0 + $1.count }
    result.p50 = median { $0.p50 }
    result.p95 = median { $0.p95 }
    result.p99 = median { $0.p99 }
    result.p999 = median { $0.p999 }
    result.maximum = runs.map(\.maximum).max() ?? 0
    for index in result.curve.indices { result.curve[index] = median { $0.curve[index] } }
    self = result
  }
}

extension [Double] {
  /// The value in the middle; of an even number of values, the mean of the two there. Nil for none.
  package var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
