/// The identity of a trace: 128 bits that all its parts on all machines share.
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  /// Nil for zero, which W3C Trace Context section 3.2.2.3 keeps for "none".
  init?(high: UInt64, low: UInt64) {
    guard high | low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  init(using generator: inout some RandomNumberGenerator) {
    high = generator.next()
    low = generator.nextNonzero()
  }

  /// Thirty-two lower-case hexadecimal digits, as in `traceparent`.
  public var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }
}

extension RandomNumberGenerator {
  mutating func nextNonzero() -> UInt64 {
    while true {
      let value: UInt64 = next()
      if value != 0 { return value }
    }
  }
}
