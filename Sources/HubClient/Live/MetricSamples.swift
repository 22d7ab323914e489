/// Metrics in the text format of Prometheus (0.0.4), read. A pure value.
package struct MetricSamples: Sendable {
  package struct Sample: Sendable, Equatable {
    package var labels: [String: String] = [:]
    package var value: Double
  }

  private var families: [String: [Sample]] = [:]

  /// Takes a text of lines; comments, types and what stands behind a value are passed over, and so are values that are
  /// infinite or no numbers: nothing can be said of them.
  ///
  /// - Throws: where a line is no sample: what answers is something else.
  package init(parsing text: [UInt8]) throws(MetricSyntaxError) {
    var number = 0
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      var scanner = MetricLine(line)
      if scanner.isEmpty { continue }
      guard let (name, sample) = scanner.sample() else { throw MetricSyntaxError(line: number) }
      if sample.value.isFinite { families[name, default: []].append(sample) }
    }
  }

  /// The sum of all samples of a name whose labels have these values; nil for none.
  package func sum(_ name: String, where labels: [String: String] = [:]) -> Double? {
    let matching = families[name]?.filter { sample in labels.allSatisfy { sample.labels[$0.key] == $0.value } } ?? []
    return matching.isEmpty ? nil : matching.reduce(0) { $0 + $1.value }
  }

  /// The samples of a name by the value of one label, added up where several have the same.
  package func values(_ name: String, by label: String) -> [String: Double] {
    var result: [String: Double] = [:]
    for sample in families[name] ?? [] {
      if let value = sample.labels[label] { result[value, default: 0] += sample.value }
    }
    return result
  }

  /// The first value of a label of a name.
  package func label(_ label: String, of name: String) -> String? { families[name]?.first?.labels[label] }

  /// The cumulative counts of a histogram by their upper edges, added up over all other labels.
  package func buckets(_ name: String) -> BucketCounts {
    var counts: [Double: Double] = [:]
    for sample in families[name + "_bucket"] ?? [] {
      if let edge = sample.labels["le"].flatMap({ Double($0) }), !edge.isNaN {
        counts[edge, default: 0] += sample.value
      }
    }
    return BucketCounts(counts.sorted { $0.key < $1.key }.map { BucketCounts.Bucket(edge: $0.key, count: $0.value) })
  }
}

/// A text is no metrics.
package struct MetricSyntaxError: Error, CustomStringConvertible {
  package let line: Int

  package var description: String { "line \(line) of the metrics is none" }
}
