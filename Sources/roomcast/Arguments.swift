import HubServer

/// A flag of a subcommand that is no setting.
struct ArgumentOption {
  /// The name with its dashes.
  var name: String
  /// What stands for the value in help text; nil for a switch.
  var placeholder: String?
  /// Whether it may be given more than once.
  var isRepeatable = false
  var help: String

  static let help = ArgumentOption(name: "--help", help: "print this text")
  static let json = ArgumentOption(name: "--json", help: "print JSON, for machines")
}

/// What a command line says, checked against what its subcommand takes.
struct Arguments {
  /// What a subcommand takes besides its options.
  struct Shape {
    /// Names of the positionals, for messages: `ROOM`, `[DATA]`; brackets make one optional, `…` takes the rest.
    var positionals: [String] = []
    /// Whether the flags of settings are taken too.
    var takesSettings = false
  }

  /// The arguments that are not flags, in order.
  private(set) var positionals: [String] = []
  /// The flags of settings, unread; unknown flags are among them, for they are told together with wrong settings.
  private(set) var settings: [String] = []
  private var values: [String: [String]] = [:]
  private var switches: Set<String> = []

  /// - Throws: all that is wrong, unless `--help` (or `-h`) is given: whoever asks for help is not scolded.
  init(_ arguments: [String], options: [ArgumentOption], shape: Shape = Shape()) throws(ArgumentsError) {
    let options = [.help] + options
    var problems: [String] = []
    let known = options.map(\.name)
    var scanner = FlagScanner(arguments) { flag in
      if shape.takesSettings && SettingsReader.knows(flag: flag) { return SettingsReader.takesValue(flag: flag) }
      let meant = NearestName.of(flag, among: known)
      if let option = options.first(where: { $0.name == meant }) { return option.placeholder != nil }
      return shape.takesSettings && SettingsReader.takesValue(flag: flag)
    }
    while let token = scanner.next() {
      switch token {
      case .positional(let text): positionals.append(text)
      case .flag("-h", nil): switches.insert(ArgumentOption.help.name)
      case .flag(let name, let value):
        if let option = options.first(where: { $0.name == name }) {
          take(option, value, &problems)
        } else if shape.takesSettings && SettingsReader.knows(flag: name) {
          settings.append(value.map { "\(name)=\($0)" } ?? name)
        } else if let near = NearestName.of(name, among: known) {
          problems.append("the flag \(name) is not known; did you mean \(near)?")
        } else if shape.takesSettings {
          settings.append(value.map { "\(name)=\($0)" } ?? name)
        } else {
          problems.append("the flag \(name) is not known; the flags are \(known.joined(separator: ", "))")
        }
      }
    }
    problems += misplaced(shape.positionals)
    if !has(.help) && !problems.isEmpty { throw ArgumentsError(problems: problems) }
  }

  /// Whether a switch is on.
  func has(_ option: ArgumentOption) -> Bool { switches.contains(option.name) }

  /// The value of an option.
  func value(of option: ArgumentOption) -> String? { values[option.name]?.first }

  /// All values of an option that may be given more than once.
  func values(of option: ArgumentOption) -> [String] { values[option.name] ?? [] }

  private mutating func take(_ option: ArgumentOption, _ value: String?, _ problems: inout [String]) {
    guard let placeholder = option.placeholder else {
      if value != nil { problems.append("\(option.name) takes no value; write \(option.name)") }
      switches.insert(option.name)
      return
    }
    guard let value else {
      problems.append("the value of \(option.name) is missing; write \(option.name) \(placeholder)")
      return
    }
    if values[option.name] != nil && !option.isRepeatable {
      problems.append("\(option.name) is given twice; keep one of them")
    }
    values[option.name, default: []].append(value)
  }

  /// What the positionals lack or have too much of.
  private func misplaced(_ names: [String]) -> [String] {
    let needed = names.filter { !$0.hasPrefix("[") }
    var problems = needed.dropFirst(positionals.count).map { "\($0) is missing" }
    if names.last?.contains("…") != true {
      problems += positionals.dropFirst(names.count).map { "the argument \"\($0)\" is not expected" }
    }
    return problems
  }
}
