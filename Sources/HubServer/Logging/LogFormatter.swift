/// Turns log lines into bytes; belongs to the log's thread.
struct LogFormatter {
  /// The longest text of a message or field, in Unicode scalars; what is cut ends in `…`.
  static let longestText = 4_096

  let style: LogStyle
  /// The second that was written last, and its text: lines of one second share it.
  private var second = Int.min
  private var secondText: [UInt8] = []

  init(_ style: LogStyle) {
    self.style = style
  }

  mutating func append(_ line: LogLine, to bytes: inout [UInt8]) {
    switch style {
    case .json: appendJSON(line, to: &bytes)
    case .text(let isColoured): appendText(line, isColoured: isColoured, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func appendJSON(_ line: LogLine, to bytes: inout [UInt8]) {
    bytes += "{\"time\":\"".utf8
    appendTime(line.time, to: &bytes)
    bytes += "\",\"level\":\"".utf8
    bytes += line.level.name.utf8
    bytes += "\",\"message\":".utf8
    LogText.appendQuoted(Self.cut(line.message), to: &bytes)
    for field in line.fields {
      bytes += ",\"".utf8
      bytes += field.name.description.utf8
      bytes += "\":".utf8
      switch field.value {
      case .text(let text): LogText.appendQuoted(Self.cut(text), to: &bytes)
      case .integer(let number): bytes += "\(number)".utf8
      case .boolean(let value): bytes += "\(value)".utf8
      case .duration(let time): Self.appendMilliseconds(time, to: &bytes)
      case .trace(let id): bytes += "\"\(id)\"".utf8
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func appendText(_ line: LogLine, isColoured: Bool, to bytes: inout [UInt8]) {
    appendTime(line.time, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    if isColoured { bytes += line.level.colour.utf8 }
    bytes += line.level.column.utf8
    if isColoured { bytes += "\u{1B}[0m".utf8 }
    bytes.append(UInt8(ascii: " "))
    LogText.append(Self.cut(line.message), to: &bytes, isQuoted: false)
    for field in line.fields {
      bytes.append(UInt8(ascii: " "))
      bytes += field.name.description.utf8
      bytes.append(UInt8(ascii: "="))
      switch field.value {
      case .text(let text): LogText.appendValue(Self.cut(text), to: &bytes)
      case .integer(let number): bytes += "\(number)".utf8
      case .boolean(let value): bytes += "\(value)".utf8
      case .duration(let time): Self.appendMilliseconds(time, to: &bytes)
      case .trace(let id): bytes += "\(id)".utf8
      }
    }
  }

  private mutating func appendTime(_ time: Int, to bytes: inout [UInt8]) {
    let milliseconds = time / 1_000_000
    let (whole, part) = (milliseconds / 1_000, milliseconds % 1_000)
    if whole != second {
      second = whole
      secondText = Array(UTCTime(seconds: whole).text.utf8)
    }
    bytes += secondText
    bytes.append(UInt8(ascii: "."))
    bytes += UTCTime.padded(part, 3).utf8
    bytes.append(UInt8(ascii: "Z"))
  }

  private static func appendMilliseconds(_ time: Duration, to bytes: inout [UInt8]) {
    let (seconds, attoseconds) = max(time, .zero).components
    let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    bytes += "\(microseconds / 1_000).\(UTCTime.padded(microseconds % 1_000, 3))".utf8
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > longestText else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: longestText, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    return text[..<end] + "…"
  }
}

extension LogLevel {
  fileprivate var column: String {
    switch self {
    case .debug: "DEBUG  "
    case .info: "INFO   "
    case .warning: "WARNING"
    case .error: "ERROR  "
    }
  }

  fileprivate var colour: String {
    switch self {
    case .debug: "\u{1B}[2m"
    case .info: "\u{1B}[32m"
    case .warning: "\u{1B}[33m"
    case .error: "\u{1B}[31m"
    }
  }
}
