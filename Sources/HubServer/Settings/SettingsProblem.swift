/// One thing that is wrong with the settings: where it stands, what it is, and what mends it.
public struct SettingsProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the wrong text stands.
  public var origin: SettingsOrigin
  /// The key path it is about; nil where no key is known.
  public var key: String?
  /// What is wrong.
  public var message: String
  /// What to do about it.
  public var mend: String

  public init(origin: SettingsOrigin, key: String?, message: String, mend: String) {
    self.origin = origin
    self.key = key
    self.message = message
    self.mend = mend
  }

  /// One line: `hub.json5:3:5: history.room.events: 0 is too small; the least is 1`.
  public var description: String {
    let place = key.map { "\(origin): \($0)" } ?? "\(origin)"
    return LogText.escaped("\(place): \(message); \(mend)")
  }
}
