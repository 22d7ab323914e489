/// A flat JSON object on one line: numbers and plain texts, in the order in which they were added.
///
/// The results of runs are kept in this form, and read back for the table; nested values and escapes do not occur in it.
package struct JSONLine: Sendable {
  package private(set) var fields: [(key: String, value: String)] = []

  package init() {}

  package mutating func add(_ key: String, _ value: Int) { fields.append((key, String(value))) }

  package mutating func add(_ key: String, _ value: Double, digits: Int = 1) {
    fields.append((key, value.fixed(digits)))
  }

  package mutating func add(_ key: String, _ value: String) {
    fields.append((key, "\"" + String(value.map { $0 == "\"" || $0 == "\\" || $0.isNewline ? "'" : $0 }) + "\""))
  }

  package var text: String { "{" + fields.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}" }

  /// Reads a line that this type wrote.
  package init?(_ line: some StringProtocol) {
    guard line.hasPrefix("{\""), line.hasSuffix("}") else { return nil }
    var rest = line.dropFirst().dropLast()[...]
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: ":") else { return nil }
      let key = rest[..<colon].drop { $0 == "," || $0 == "\"" }.dropLast()
      rest = rest[rest.index(after: colon)...]
      let end: Substring.Index?
      if rest.hasPrefix("\"") {
        end = rest.dropFirst().firstIndex(of: "\"").map { rest.index(after: $0) }
      } else {
        end = rest.firstIndex(of: ",") ?? rest.endIndex
      }
      guard let end else { return nil }
      fields.append((String(key), String(rest[..<end])))
      rest = rest[end...]
    }
  }

  package func number(_ key: String) -> Double? { fields.first { $0.key == key }.flatMap { Double($0.value) } }

  package func text(_ key: String) -> String? {
    fields.first { $0.key == key }.map { String($0.value.dropFirst().dropLast()) }
  }
}

extension Double {
  /// The number with so many decimals.
  package func fixed(_ digits: Int) -> String {
    guard isFinite else { return "0" }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9e15 else { return String(self) }
    let whole = Int(scaled)
    let sign = self < 0 && whole > 0 ? "-" : ""
    if digits == 0 { return sign + String(whole) }
    let fraction = String(whole % Int(scale))
    return sign + "\(whole / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
