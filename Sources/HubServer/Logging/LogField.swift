/// A named value of a log line.
public struct LogField: Sendable {
  /// The name, unique in its line; `time`, `level` and `message` are taken.
  public var name: StaticString
  /// The value, which becomes text later.
  public var value: LogValue

  public init(_ name: StaticString, _ value: LogValue) {
    self.name = name
    self.value = value
  }

  public init(_ name: StaticString, _ text: String) { self.init(name, .text(text)) }

  public init(_ name: StaticString, _ number: Int) { self.init(name, .integer(number)) }
}

/// The value of a field, kept small: it becomes text on the log's own thread.
public enum LogValue: Sendable, Equatable {
  /// Escaped and cut where it has to be.
  case text(String)
  /// Written as a number.
  case integer(Int)
  /// Written as `true` or `false`.
  case boolean(Bool)
  /// Written as milliseconds with three digits after the point.
  case duration(Duration)
  /// Written as 32 hexadecimal digits.
  case trace(TraceID)

  /// Bytes that the value keeps alive, roughly: what the bound on the queue counts.
  var cost: Int {
    if case .text(let text) = self { text.utf8.count } else { 0 }
  }
}

/// A log line before it is formatted.
struct LogLine: Sendable {
  /// Nanoseconds since 1970.
  var time: Int
  var level: LogLevel
  var message: String
  var fields: [LogField]

  var cost: Int { fields.reduce(message.utf8.count + 64) { $0 + $1.value.cost + 32 } }
}
