import HubRooms
import HubWire

/// The connection that reads, with its statements. Used by the reader alone.
final class StoredHistory {
  private let database: Database
  private let begin: Statement
  private let end: Statement
  private let selectRoom: Statement
  private let selectEvents: Statement

  private static let cacheKiB = 4 << 10

  init(_ database: Database) throws(SQLiteError) {
    self.database = database
    try database.execute("PRAGMA cache_size = -\(Self.cacheKiB)")
    begin = try database.prepare("BEGIN")
    end = try database.prepare("COMMIT")
    selectRoom = try database.prepare("SELECT id, epoch, newest, oldest FROM rooms WHERE name = ?")
    selectEvents = try database.prepare(
      """
      SELECT \(EventRow.columns) FROM events
      WHERE room = ? AND offset > ? AND offset <= ? ORDER BY offset LIMIT ?
      """)
  }

  /// The part of the history, and where the room stood then; nil where the room has no row.
  func read(_ item: ReadQueue.Item) throws(SQLiteError) -> StoredPart? {
    try begin.run()
    defer { try? end.run() }
    selectRoom.bind(1, item.room.text)
    defer { selectRoom.reset() }
    guard try selectRoom.step() else { return nil }
    let newest = Position(epoch: selectRoom.text(1), offset: selectRoom.offset(2))
    let place = RoomPlace(newest: newest, oldest: max(1, selectRoom.offset(3)))
    selectEvents.bind(1, selectRoom.integer(0))
    selectEvents.bind(2, item.offset)
    selectEvents.bind(3, item.end)
    selectEvents.bind(4, Int64(item.limit.events))
    defer { selectEvents.reset() }
    return StoredPart(place: place, events: try events(item, place))
  }

  /// As many as fit, and at least one where there is one.
  private func events(_ item: ReadQueue.Item, _ place: RoomPlace) throws(SQLiteError) -> [Event] {
    guard item.offset < place.newest.offset else { return [] }
    var next = max(item.offset, (place.oldest ?? 1) - 1) + 1
    let end = min(item.end, place.newest.offset)
    var events: [Event] = []
    var bytes = 0
    while next <= end, events.count < item.limit.events {
      guard try selectEvents.step(), EventRow.offset(selectEvents) == Int64(clamping: next) else {
        throw SQLiteError(damage: "the room \(item.room) has no event \(next)")
      }
      let position = Position(epoch: place.newest.epoch, offset: next)
      let row = try row(next, of: item.room)
      let event = Event(row.event, room: item.room, position: position, time: row.time)
      bytes += event.frame.bytes.count
      if bytes > item.limit.bytes, !events.isEmpty { break }
      events.append(event)
      next += 1
    }
    return events
  }

  /// The present row; one that no hub writes would break the framing of what subscribers get.
  private func row(_ offset: UInt64, of room: RoomName) throws(SQLiteError) -> EventRow {
    do throws(EventRow.Fault) {
      return try EventRow(selectEvents)
    } catch {
      throw SQLiteError(damage: "the event \(offset) of the room \(room): \(error.reason)")
    }
  }
}
