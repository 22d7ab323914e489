/// One line of metrics, read from the left. A pure value.
struct MetricLine {
  private var rest: ArraySlice<UInt8>

  init(_ line: ArraySlice<UInt8>) {
    rest = line
    if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    skipBlanks()
  }

  /// Blank, or a comment.
  var isEmpty: Bool { rest.isEmpty || rest.first == UInt8(ascii: "#") }

  /// `NAME{LABEL="VALUE",…} NUMBER`, with a time behind it or not; nil for anything else.
  mutating func sample() -> (name: String, sample: MetricSamples.Sample)? {
    guard let name = word() else { return nil }
    skipBlanks()
    var labels: [String: String] = [:]
    if take("{") {
      while !take("}") {
        guard let label = word(), take("="), let value = quoted() else { return nil }
        labels[label] = value
        skipBlanks()
        // A comma may stand behind the last one.
        guard take(",") || rest.first == UInt8(ascii: "}") else { return nil }
        skipBlanks()
      }
      skipBlanks()
    }
    let number = rest.prefix { !Self.isBlank($0) }
    guard let value = Double(String(decoding: number, as: UTF8.self)) else { return nil }
    return (name, MetricSamples.Sample(labels: labels, value: value))
  }

  private mutating func word() -> String? {
    skipBlanks()
    let word = rest.prefix(while: Self.isWordByte)
    rest = rest.dropFirst(word.count)
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }

  /// A text in quotes, in which a backslash stands before itself, a quote and the `n` of a line break.
  private mutating func quoted() -> String? {
    guard take("\"") else { return nil }
    var value: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
      default: value.append(byte)
      }
    }
    return nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
