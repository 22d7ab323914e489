/// One setting, declared once: everything that reads, checks, shows or explains settings derives from the ``table``.
package struct SettingsKey: Sendable {
  /// The path in the settings file and in ``Settings``, such as `history.room.events`.
  package let path: String
  /// One line for people, without the default.
  package let help: String
  /// What stands for the value in help text; nil for a switch, whose flag needs no value.
  package let placeholder: String?
  /// Whether the flag may be given again to add to the value.
  package let isList: Bool

  /// Understands the input, checks it and puts it into the settings; on a mistake they stay as they are.
  let assign: @Sendable (inout Settings, SettingsInput) throws(SettingsMistake) -> Void
  let read: @Sendable (Settings) -> String
  let readJSON: @Sendable (Settings) -> String

  let copy: @Sendable (inout Settings, Settings) -> Void
  let isSame: @Sendable (Settings, Settings) -> Bool

  init<Value: Equatable>(
    _ path: String, _ property: any WritableKeyPath<Settings, Value> & Sendable, _ type: SettingsType<Value>,
    _ help: String
  ) {
    self.path = path
    self.help = help
    placeholder = type.placeholder
    isList = type.isList
    assign = { (settings, input) throws(SettingsMistake) in settings[keyPath: property] = try type.parse(input) }
    read = { type.show($0[keyPath: property]) }
    copy = { $0[keyPath: property] = $1[keyPath: property] }
    isSame = { $0[keyPath: property] == $1[keyPath: property] }
    readJSON = { type.json($0[keyPath: property]) }
  }

  /// The flag of the command line, such as `--history-room-events`.
  package var flag: String { "--" + words.joined(separator: "-") }

  /// The environment variable, such as `ROOMCAST_HISTORY_ROOM_EVENTS`.
  package var variable: String { "ROOMCAST_" + words.joined(separator: "_").uppercased() }

  /// The value in force, as it may be written in a flag.
  package func text(in settings: Settings) -> String { read(settings) }

  /// The value in force as JSON: sizes in bytes, times as text with their unit.
  package func json(in settings: Settings) -> String { readJSON(settings) }

  /// The path's words in lower case: dots and capital letters part them.
  private var words: [String] {
    var words = [""]
    for character in path {
      if character == "." || character.isUppercase { words.append("") }
      if character != "." { words[words.count - 1] += character.lowercased() }
    }
    return words
  }
}
