/// The text of `--help`: what the command does, how it is called, and aligned columns of what it takes.
struct ArgumentsHelp {
  /// A titled list.
  struct Section {
    var title: String
    var rows: [(name: String, text: String)]
  }

  /// Where lines are broken.
  static let width = 100

  /// Such as `roomcast check [FILE] [flags]`.
  var usage: String
  /// What the command does, in a sentence or two.
  var summary: String
  var sections: [Section]

  /// The rows of options.
  static func rows(_ options: [ArgumentOption]) -> [(name: String, text: String)] {
    options.map { option in (option.placeholder.map { "\(option.name) \($0)" } ?? option.name, option.help) }
  }

  var text: String {
    let column = 4 + (sections.flatMap(\.rows).map(\.name.count).max() ?? 0)
    var text = "Usage: \(usage)\n\n"
    for line in Self.wrapped(summary, to: Self.width) { text += "\(line)\n" }
    for section in sections {
      text += "\n\(section.title):\n"
      for row in section.rows {
        let lines = Self.wrapped(row.text, to: max(20, Self.width - column))
        text +=
          "  " + row.name + String(repeating: " ", count: column - 2 - row.name.count) + (lines.first ?? "") + "\n"
        for line in lines.dropFirst() { text += String(repeating: " ", count: column) + line + "\n" }
      }
    }
    return text
  }

  private static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
