/// A value before it is understood: text from a flag or variable, or a node of the file.
enum SettingsInput: Sendable {
  case text(String)
  case value(JSON5Value)

  /// The value where it is text: all of a flag, or a string of the file.
  var text: String? {
    switch self {
    case .text(let text), .value(.string(let text)): text
    default: nil
    }
  }

  /// The value as it is quoted in a problem; long ones are cut.
  var shown: String {
    switch self {
    case .text(let text): "\"\(Self.cut(text))\""
    case .value(.null): "null"
    case .value(.boolean(let value)): "\(value)"
    case .value(.number(let number)): Self.cut(number.text)
    case .value(.string(let text)): "\"\(Self.cut(text))\""
    case .value(.array): "a list"
    case .value(.object): "an object"
    }
  }

  private static func cut(_ text: String) -> String {
    text.count > 80 ? text.prefix(79) + "…" : text
  }
}

/// What is wrong with one value and what mends it; where it stands is added by the reader.
struct SettingsMistake: Error {
  var message: String
  var mend: String
  /// Where inside the value, as it is appended to the key's path, such as `[1].name`; empty for all of it.
  var inside = ""
  /// The same as a place in the file; nil for where the value begins.
  var position: SourcePosition?
  /// What else is wrong with the value.
  var further: [SettingsMistake] = []
}
