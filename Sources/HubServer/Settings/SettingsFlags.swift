/// The settings on the command line.
struct SettingsFlags: SettingsSource {
  private(set) var entries: [SettingsEntry] = []
  private(set) var problems: [SettingsProblem] = []
  /// The settings file.
  private(set) var file: String?

  private static let keys = Dictionary(uniqueKeysWithValues: SettingsKey.table.map { ($0.flag, $0) })

  private static let flags = SettingsKey.table.map(\.flag) + [SettingsReader.fileFlag]

  /// Whether a flag is a setting's.
  static func isKnown(_ flag: String) -> Bool { flag == SettingsReader.fileFlag || keys[flag] != nil }

  /// Whether what follows the flag is its value; a mistyped flag is taken for what it comes nearest to.
  static func takesValue(_ flag: String) -> Bool {
    guard !isKnown(flag) else { return flag == SettingsReader.fileFlag || keys[flag]?.placeholder != nil }
    return NearestName.of(flag, among: flags).map(takesValue) ?? false
  }

  init(_ arguments: [String]) {
    var scanner = FlagScanner(arguments, takesValue: Self.takesValue)
    while let token = scanner.next() {
      switch token {
      case .positional(let text):
        // An address whose flag was forgotten may hold a password.
        report(
          RedisAddress.isMeant(by: text) ? HiddenText.placeholder : text, key: nil, "this argument is not expected",
          mend: "settings are flags: --port 8080")
      case .flag(SettingsReader.fileFlag, let value): take(file: value)
      case .flag(let flag, let value): take(flag, value)
      }
    }
  }

  private mutating func take(file value: String?) {
    let flag = SettingsReader.fileFlag
    guard let value, !value.isEmpty else {
      return report(flag, key: nil, "the name of the file is missing", mend: "write \(flag) FILE")
    }
    guard file == nil else {
      return report(flag, key: nil, "there are two settings files", mend: "name one file")
    }
    file = value
  }

  private mutating func take(_ flag: String, _ value: String?) {
    guard let key = Self.keys[flag] else {
      let near = NearestName.of(flag, among: Self.flags)
      let mend = near.map { "did you mean \($0)?" } ?? "--help lists the flags"
      return report(flag, key: nil, "this flag is not known", mend: mend)
    }
    guard let text = value ?? (key.placeholder == nil ? "true" : nil) else {
      let mend = "write \(flag) \(key.placeholder ?? "")"
      return report(flag, key: key.path, "its value is missing", mend: mend)
    }
    if let earlier = entries.firstIndex(where: { $0.key.path == key.path }) {
      guard key.isList, let before = entries[earlier].input.text else {
        return report(flag, key: key.path, "the flag is given twice", mend: "keep one of them")
      }
      entries[earlier].input = .text("\(before),\(text)")
      return
    }
    entries.append(SettingsEntry(key: key, input: .text(text), origin: .argument(flag)))
  }

  private mutating func report(_ flag: String, key: String?, _ message: String, mend: String) {
    problems.append(SettingsProblem(origin: .argument(flag), key: key, message: message, mend: mend))
  }
}
