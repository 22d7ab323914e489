/// How serious a log line is.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  /// What helps to find a fault.
  case debug
  /// What an operator wants to know.
  case info
  /// What an operator should look at.
  case warning
  /// What went wrong.
  case error

  /// The name in settings and JSON lines: `debug`, `info`, `warning`, `error`.
  public var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The form of log lines as it is set: text for people, JSON for machines, or whichever the output suggests.
public enum LogFormat: String, Sendable, CaseIterable {
  /// Text on a terminal, JSON elsewhere.
  case auto
  /// `name=value` after the message.
  case text
  /// One object a line.
  case json
}
