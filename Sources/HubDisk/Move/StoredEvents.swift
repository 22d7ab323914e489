/// The events of one room after the other, in the order of their offsets, leaping over what is damaged.
final class StoredEvents {
  private let select: Statement
  private var room: RoomRow?
  /// The offset to go on from.
  private var next: Int64 = 0

  init(_ database: Database) throws(SQLiteError) {
    select = try database.prepare(
      "SELECT \(EventRow.columns) FROM events WHERE room = ? AND offset >= ? AND offset <= ? ORDER BY offset")
  }

  deinit {
    select.reset()
  }

  func begin(_ room: RoomRow) {
    self.room = room
    next = room.oldest
    open(at: next)
  }

  /// - Parameter lost: told of what cannot be read.
  func next(_ lost: (String) -> Void) throws(SQLiteError) -> (offset: Int64, event: EventRow)? {
    while let room, next <= room.newest {
      do throws(SQLiteError) {
        guard try select.step(), EventRow.room(select) == room.id, EventRow.offset(select) >= next else { break }
      } catch {
        guard error.isUnreadable else { throw error }
        leap(room, error, lost)
        continue
      }
      let offset = EventRow.offset(select)
      tellMissing(through: offset - 1, lost)
      next = offset + 1
      do throws(EventRow.Fault) {
        return (offset, try EventRow(select))
      } catch {
        lost("the event \(offset): \(error.reason)")
      }
    }
    if let room { tellMissing(through: room.newest, lost) }
    select.reset()
    room = nil
    return nil
  }

  private func tellMissing(through last: Int64, _ lost: (String) -> Void) {
    guard next <= last else { return }
    lost(next == last ? "the event \(next) is missing" : "the events \(next) to \(last) are missing")
    next = last + 1
  }

  private func leap(_ room: RoomRow, _ error: SQLiteError, _ lost: (String) -> Void) {
    let place = Leap.next(after: next, through: room.newest) { place in
      open(at: place)
      return (try? select.step()) == true && EventRow.room(select) == room.id
    }
    let end = place ?? room.newest + 1
    lost("the events \(next) to \(end - 1) cannot be read: \(error)")
    next = end
    open(at: end)
  }

  private func open(at offset: Int64) {
    select.reset()
    select.bind(1, room?.id ?? 0)
    select.bind(2, offset)
    select.bind(3, room?.newest ?? 0)
  }
}
