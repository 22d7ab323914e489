/// Times and sizes as people write them.
package enum SettingsUnits {
  private static let times: [(unit: String, milliseconds: Int)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]
  private static let sizes: [(unit: String, bytes: Int)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000), ("B", 1),
  ]

  /// Digits alone, without sign, space or separator, as a number.
  static func digits(_ text: Substring) -> Int? {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  /// `25` and `25s`, `500ms`, `5m`, `24h`, `7d`.
  package static func duration(_ text: String) -> Duration? {
    let (number, unit) = split(text)
    guard let number, let scale = times.first(where: { $0.unit == (unit.isEmpty ? "s" : unit) }) else { return nil }
    let (milliseconds, isOver) = number.multipliedReportingOverflow(by: scale.milliseconds)
    return isOver ? nil : .milliseconds(milliseconds)
  }

  /// The time to whole milliseconds, in the largest unit that is exact; days stay hours.
  static func text(duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    guard milliseconds != 0, let unit = times.dropFirst().first(where: { milliseconds % $0.milliseconds == 0 }) else {
      return "0s"
    }
    return "\(milliseconds / unit.milliseconds)\(unit.unit)"
  }

  /// `1048576`, `64KiB`, `1MiB`, `1MB`.
  static func bytes(_ text: String) -> Int? {
    let (number, unit) = split(text)
    guard let number, let scale = sizes.first(where: { $0.unit == (unit.isEmpty ? "B" : unit) }) else { return nil }
    let (bytes, isOver) = number.multipliedReportingOverflow(by: scale.bytes)
    return isOver ? nil : bytes
  }

  /// The size in the largest binary unit that is exact, else in bytes.
  static func text(bytes: Int) -> String {
    guard bytes > 0, let unit = sizes.prefix(4).first(where: { bytes % $0.bytes == 0 }) else { return "\(bytes)" }
    return "\(bytes / unit.bytes)\(unit.unit)"
  }

  private static func split(_ text: String) -> (number: Int?, unit: Substring) {
    let number = text.prefix { "0"..."9" ~= $0 }
    let unit = text[number.endIndex...]
    return (digits(number), unit.hasPrefix(" ") ? unit.dropFirst() : unit)
  }
}
