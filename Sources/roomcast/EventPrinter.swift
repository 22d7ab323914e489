import Glibc
import HubClient

/// Prints what a client has to tell: events on standard output, the rest on standard error.
struct EventPrinter: Sendable {
  /// Events to print; nil for any number.
  let count: Int?
  let notices: any ClientNotices
  let isJSON: Bool
  private var printed = 0

  /// - Parameter isColoured: somebody looks at standard error on a terminal that shows colours.
  init(count: Int?, isJSON: Bool, isColoured: Bool) {
    self.count = count
    self.isJSON = isJSON
    notices = isJSON ? JSONNotices() : TextNotices(isColoured: isColoured)
  }

  /// - Returns: the exit code, where it is over.
  mutating func take(_ event: ClientEvent) -> Int32? {
    if case .event(let event) = event { return print(event) }
    if let line = notices.line(of: event) { StandardError.write(line, isPrintable: notices.isColoured) }
    if case .closed = event { return EX_UNAVAILABLE }
    return nil
  }

  private mutating func print(_ event: RoomEvent) -> Int32? {
    guard StandardOutput.write(line: isJSON ? event.json : Self.line(event)) else {
      return OutputDescriptor.isToEnd ? EX_OK : EX_IOERR
    }
    printed += 1
    return printed == count ? EX_OK : nil
  }

  /// `room offset event data`; what is missing is a dash.
  private static func line(_ event: RoomEvent) -> [UInt8] {
    let offset = event.offset.map { "\($0)" } ?? "-"
    return Array("\(event.room ?? "-") \(offset) \(event.name) ".utf8) + event.data
  }
}
