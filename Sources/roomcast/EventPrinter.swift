import Glibc
import HubClient

/// Prints what a client has to tell: events on standard output, the rest on standard error.
struct EventPrinter: Sendable {
  /// Events to print; nil for any number.
  let count: Int?
  let isJSON: Bool
  private var printed = 0
  /// Rooms that have been subscribed to before: the next time they are resumed.
  private var known: Set<String> = []

  init(count: Int?, isJSON: Bool) {
    self.count = count
    self.isJSON = isJSON
  }

  /// - Returns: the exit code, where it is over.
  mutating func take(_ event: ClientEvent) -> Int32? {
    switch event {
    case .event(let event): return print(event)
    case .closed(let code, let reason):
      say("ended: \(reason)" + (code.map { " (close code \($0))" } ?? ""))
      return EX_UNAVAILABLE
    case .connected(_, let node): say("connected to node \(node)")
    case .subscribed(let room, let position, let recovered):
      let isNew = known.insert(room).inserted
      if recovered != false { say("\(isNew ? "subscribed to" : "resumed") \(room) after \(position)") }
    case .notRecovered(let room, let position):
      say("the history of \(room) does not reach back: events may be lost; going on after \(position)")
    case .gap(let room, let from, let position): say("events of \(room) after \(from) up to \(position) are lost")
    case .refused(let room, let refusal): say("\(room): \(refusal)")
    case .unsubscribed(let room, let code): say("the hub has taken \(room) away" + (code.map { ": \($0)" } ?? ""))
    case .disconnected(let reason, let delay):
      say("\(reason); trying again in \(Self.seconds(delay)) s")
    }
    return nil
  }

  private mutating func print(_ event: RoomEvent) -> Int32? {
    guard StandardOutput.write(line: isJSON ? event.json : Self.line(event)) else { return EX_IOERR }
    printed += 1
    return printed == count ? EX_OK : nil
  }

  /// `room offset event data`; what is missing is a dash.
  private static func line(_ event: RoomEvent) -> [UInt8] {
    let offset = event.offset.map { "\($0)" } ?? "-"
    return Array("\(event.room ?? "-") \(offset) \(event.name) ".utf8) + event.data
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func say(_ text: String) {
    StandardError.write("roomcast subscribe: \(text)")
  }
}
