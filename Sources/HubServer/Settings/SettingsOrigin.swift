/// Where a setting's value comes from, weakest first.
public enum SettingsOrigin: Hashable, Sendable, CustomStringConvertible {
  /// Nobody set it.
  case builtIn
  /// The settings file; the position is missing where the whole file is meant.
  case file(name: String, position: SourcePosition?)
  /// An environment variable.
  case environment(variable: String)
  /// A command-line flag, or an argument that is none.
  case argument(String)

  /// The origin as it is told to people: `default`, `hub.json5:3:5`, `ROOMCAST_PORT`, `--port`.
  public var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let name, let position?): "\(name):\(position)"
    case .file(let name, nil): name
    case .environment(let variable): variable
    case .argument(let text): text
    }
  }

  /// The same origin at another place of the file.
  func at(_ position: SourcePosition?) -> SettingsOrigin {
    guard case .file(let name, _) = self, let position else { return self }
    return .file(name: name, position: position)
  }
}
