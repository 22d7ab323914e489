/// Figures as people read them.
package enum FigureText {
  /// A whole number with a comma between thousands, or one decimal where it is small and no whole.
  package static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    guard value.magnitude < 9e15 else { return "\(value)" }
    let tenths = (value * 10).rounded()
    if value < 10, tenths.truncatingRemainder(dividingBy: 10) != 0 { return decimal(value, digits: 1) }
    var digits = Substring(decimal(value, digits: 0))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  package static func bytes(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    let units = ["B", "kB", "MB", "GB", "TB"]
    var rest = value
    var unit = 0
    while rest >= 1000, unit < units.count - 1 {
      rest /= 1000
      unit += 1
    }
    return "\(decimal(rest, digits: unit == 0 || rest >= 100 ? 0 : 1)) \(units[unit])"
  }

  /// Seconds, of what is short.
  package static func time(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return "–" }
    switch seconds {
    case ..<1e-3: return "\(decimal(seconds * 1e6, digits: 0)) µs"
    case ..<1: return "\(decimal(seconds * 1e3, digits: seconds < 0.01 ? 2 : 1)) ms"
    default: return "\(decimal(seconds, digits: 1)) s"
    }
  }

  /// Milliseconds, of what is long: the two greatest units.
  package static func age(_ milliseconds: Int64?) -> String {
    guard let milliseconds else { return "–" }
    let seconds = milliseconds / 1000
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }
  }

  /// With so many decimals; for JSON too.
  package static func decimal(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = (value * Double(scale)).rounded()
    guard scaled.magnitude < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let sign = whole < 0 ? "-" : ""
    let fraction = String(whole.magnitude % UInt(scale))
    guard digits > 0 else { return "\(whole)" }
    return "\(sign)\(whole.magnitude / UInt(scale))." + String(repeating: "0", count: digits - fraction.count)
      + fraction
  }
}
