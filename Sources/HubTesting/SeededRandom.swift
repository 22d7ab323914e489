/// SplitMix64: the same numbers for the same seed, so that a run that failed can be run again.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    // Neighbouring seeds must not give runs that begin alike.
    state = seed &* 0xD129_0BE9_D3A5_8B29 &+ 0x2545_F491_4F6C_DD1D
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number of `range`; quicker in unoptimised code than the generic way.
  package mutating func number(in range: Range<Int>) -> Int {
    range.lowerBound + Int(truncatingIfNeeded: next() >> 1) % range.count
  }

  package mutating func number(in range: ClosedRange<Int>) -> Int {
    number(in: range.lowerBound..<range.upperBound + 1)
  }

  /// True about once in `times`.
  package mutating func once(in times: Int) -> Bool {
    number(in: 0..<times) == 0
  }
}
