/// A second of the calendar in UTC, as RFC 3339 writes it.
struct UTCTime {
  /// `2025-11-20T01:20:00`, without fraction and zone.
  let text: String

  /// - Parameter seconds: since 1970, not negative.
  init(seconds: Int) {
    let (days, rest) = (seconds / 86_400, seconds % 86_400)
    // Days to a date by counting from a March, so that a leap day ends its year: Howard Hinnant, "chrono-compatible
    // low-level date algorithms".
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { Self.padded($0, 2) }.joined(separator: ":")
    text = "\(date)T\(clock)"
  }

  /// The number with zeros before it.
  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
