/// Where a request stands in a distributed trace: W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/).
///
/// The hub takes part by the rules of section 2.4: a valid incoming context is continued under a span of its own, an
/// invalid or missing one is replaced by a fresh trace, and `tracestate` goes along as it came.
package struct TraceContext: Hashable, Sendable {
  /// The longest `tracestate` that is carried; a longer one is left behind whole, as section 3.3.1.5 allows.
  package static let maximumStateBytes = 512

  package let traceID: TraceID
  /// The span that the next one down the line has as its parent; never zero.
  package let spanID: UInt64
  /// Whether the caller records this trace: the one flag that level 1 knows.
  package let isSampled: Bool
  /// The value of `tracestate`, untouched; empty for none.
  package let state: String

  /// The fields of one request: continues the trace they name, or begins one.
  ///
  /// - Parameters:
  ///   - parents: the values of all `traceparent` fields; more than one names no trace.
  ///   - states: the values of all `tracestate` fields, in order.
  package static func of(
    parents: [String], states: [String], using generator: inout some RandomNumberGenerator
  ) -> TraceContext {
    guard parents.count == 1, let incoming = TraceContext(parent: parents[0], states: states) else {
      return begin(using: &generator)
    }
    return incoming.next(using: &generator)
  }

  /// The same with the system's random numbers.
  package static func of(parents: [String], states: [String]) -> TraceContext {
    var generator = SystemRandomNumberGenerator()
    return of(parents: parents, states: states, using: &generator)
  }

  /// A fresh trace that nobody records.
  package static func begin(using generator: inout some RandomNumberGenerator) -> TraceContext {
    TraceContext(
      traceID: TraceID(using: &generator), spanID: generator.nextNonzero(), isSampled: false, state: "")
  }

  /// The same trace under a new span.
  package func next(using generator: inout some RandomNumberGenerator) -> TraceContext {
    TraceContext(traceID: traceID, spanID: generator.nextNonzero(), isSampled: isSampled, state: state)
  }

  /// The value of `traceparent` to send on, always of version 00 and with unknown flags cleared.
  package var parent: String { "00-\(traceID)-\(Hexadecimal.text(spanID))-\(isSampled ? "01" : "00")" }
}
