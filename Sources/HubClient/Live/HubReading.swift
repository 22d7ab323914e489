/// What a hub told of itself at one moment.
package struct HubReading: Sendable {
  /// Nanoseconds of a clock that only goes forward.
  package let moment: Int64
  /// In milliseconds since 1970.
  package let time: Int64
  package let metrics: MetricSamples
  /// Empty where it does not tell.
  package let nodes: [NodeRow]

  package init(moment: Int64, time: Int64, metrics: MetricSamples, nodes: [NodeRow]) {
    (self.moment, self.time, self.metrics, self.nodes) = (moment, time, metrics, nodes)
  }
}
