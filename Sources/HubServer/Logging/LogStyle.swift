/// The form of log lines as it is written.
public enum LogStyle: Sendable, Equatable {
  /// For people: time, level, message, `name=value`; the level in colour where the terminal has any.
  case text(isColoured: Bool)
  /// For machines: one JSON object a line.
  case json

  /// What to write for a setting on a given output; `NO_COLOR` (https://no-color.org) and `TERM=dumb` are heeded.
  public init(_ format: LogFormat, isTerminal: Bool, environment: [String: String]) {
    let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
    switch format {
    case .json: self = .json
    case .auto where !isTerminal: self = .json
    case .auto, .text: self = .text(isColoured: isTerminal && !isPlain)
    }
  }
}
