/// What reading the settings gave: the values in force, where each comes from, and all that is wrong.
public struct SettingsReading: Sendable {
  /// The settings; where a value is wrong, the next weaker source's stands.
  public internal(set) var settings: Settings
  /// Everything that is wrong, in the order file, environment, command line, and then what does not fit together.
  public internal(set) var problems: [SettingsProblem] = []
  /// What a hub can run with and somebody should mend nevertheless, such as a file of secrets that others can read.
  public internal(set) var warnings: [SettingsProblem] = []
  /// The settings file that was named, if any.
  public internal(set) var file: String?
  /// Where the values come from, by key path; defaults are left out.
  var origins: [String: SettingsOrigin] = [:]

  /// Where the value of a key path such as `history.room.events` comes from.
  public func origin(of path: String) -> SettingsOrigin { origins[path] ?? .builtIn }
}
