import Glibc

/// A scale of durations on which each ten times is as wide as the one before. A pure value.
struct LogScale {
  /// Decimal exponents of its ends, of microseconds.
  let decades: ClosedRange<Int>

  /// As wide as the values need, in whole decades.
  init(_ microseconds: [Double]) {
    let values = microseconds.filter { $0 > 0 && $0.isFinite }
    let least = Int(log10(values.min() ?? 1).rounded(.down))
    let most = Int(log10(values.max() ?? 10).rounded(.up))
    decades = least...max(most, least + 1)
  }

  /// Where a duration stands, from 0 to 1; what is beyond the ends stands at them.
  func share(of microseconds: Double) -> Double {
    guard microseconds > 0 else { return 0 }
    let share = (log10(microseconds) - Double(decades.lowerBound)) / Double(decades.count - 1)
    return min(1, max(0, share))
  }

  /// The decades, in microseconds, each with its name.
  var marks: [(value: Double, label: String)] {
    decades.map { exponent in
      let value = pow(10, Double(exponent))
      switch exponent {
      case ..<0: return (value, "\(value.fixed(-exponent)) µs")
      case 0..<3: return (value, "\(value.fixed(0)) µs")
      case 3..<6: return (value, "\((value / 1e3).fixed(0)) ms")
      default: return (value, "\((value / 1e6).fixed(0)) s")
      }
    }
  }
}
