import HubRooms
import HubWire

/// An event in a row of the table `events`, or of a journal, read with suspicion: whatever cannot have been written by a
/// hub is told.
struct EventRow {
  /// Why a row is not what a hub writes.
  struct Fault: Error {
    let reason: String
  }

  /// What a statement that rows are read from has to select, in this order.
  static let columns = "room, offset, time, size, event, user, excluded, trace, data, bytes"

  /// The latest time that an event may have: the end of the year 9999.
  static let times: ClosedRange<Int64> = 0...253_402_300_799_999

  let time: Int64
  let event: NewEvent

  init(_ row: Statement) throws(Fault) {
    time = row.integer(2)
    guard Self.times.contains(time) else { throw Fault(reason: "its time is \(time)") }
    event = NewEvent(
      name: try Self.name(row), data: try Self.data(row), user: try Self.text(row, 5, "user"),
      excluded: try Self.excluded(row), trace: try Self.text(row, 7, "trace"))
  }

  /// Binds what follows the first two of ``columns``.
  static func bind(_ append: NewAppend, to row: Statement) {
    let event = append.event
    row.bind(3, append.time)
    row.bind(4, Int64(append.size))
    row.bind(5, event.name.text)
    row.bind(6, event.user)
    row.bind(7, event.excluded.map { $0.description })
    row.bind(8, event.trace)
    switch event.data {
    case .json(let text):
      row.bind(9, text: text)
      row.bindNull(10)
    case .base64(let text):
      row.bindNull(9)
      // Valid base64 has one text for its bytes, so the same text comes back.
      row.bind(10, blob: Base64.decode(text.span) ?? [])
    }
  }

  static func room(_ row: Statement) -> Int64 { row.integer(0) }
  static func offset(_ row: Statement) -> Int64 { row.integer(1) }
  static func size(_ row: Statement) -> Int64 { row.integer(3) }

  func isSame(as other: NewEvent, at otherTime: Int64) -> Bool {
    time == otherTime && event.name == other.name && event.data == other.data && event.user == other.user
      && event.excluded == other.excluded && event.trace == other.trace
  }

  private static func name(_ row: Statement) throws(Fault) -> EventName {
    guard let text = try text(row, 4, "event") else { throw Fault(reason: "it has no event name") }
    do throws(HubError) {
      return try EventName(text)
    } catch {
      throw Fault(reason: error.detail)
    }
  }

  private static func data(_ row: Statement) throws(Fault) -> EventData {
    switch (row.isNull(8), row.isNull(9)) {
    case (true, false): return EventData(bytes: row.bytes(9))
    case (false, true):
      let json = row.bytes(8)
      do throws(JSONError) {
        guard try !JSONScanner.validate(json.span).needsCompaction else {
          throw JSONError(offset: 0, reason: "it has more than one line")
        }
      } catch {
        throw Fault(reason: "its data is \(error.hubError.detail)")
      }
      return .json(json)
    default: throw Fault(reason: "it must have either data or bytes")
    }
  }

  private static func excluded(_ row: Statement) throws(Fault) -> ConnectionID? {
    guard let text = try text(row, 6, "excluded") else { return nil }
    guard let id = ConnectionID(text) else { throw Fault(reason: "`excluded` is no connection") }
    return id
  }

  private static func text(_ row: Statement, _ column: Int32, _ name: StaticString) throws(Fault) -> String? {
    if row.isNull(column) { return nil }
    guard UTF8Validator.isValid(row.bytes(column).span) else { throw Fault(reason: "`\(name)` is not UTF-8") }
    return row.text(column)
  }
}
