/// The rows of all rooms, one after the other in the order of their names.
///
/// Where damage is in the way of that order, those that can be found are read into memory and put in order there.
final class StoredRooms {
  private let byName: Statement
  private let byID: Statement
  private var last = ""
  /// Found behind damage; the next one last.
  private var found: [RoomRow]?

  init(_ database: Database) throws(SQLiteError) {
    byName = try database.prepare(
      "SELECT \(RoomRow.columns) FROM rooms WHERE name > ? ORDER BY name LIMIT 1")
    byID = try database.prepare(
      "SELECT \(RoomRow.columns) FROM rooms NOT INDEXED WHERE id >= ? ORDER BY id LIMIT 1")
  }

  /// - Parameter lost: told of what cannot be read.
  func next(_ lost: (String) -> Void) throws(SQLiteError) -> RoomRow? {
    if found == nil {
      do throws(SQLiteError) {
        byName.bind(1, last)
        guard let room = try first(byName) else { return nil }
        last = room.name
        return room
      } catch {
        guard error.isUnreadable else { throw error }
        lost("the list of rooms: \(error)")
        found = findAll().filter { $0.name > last }.sorted { $0.name > $1.name }
      }
    }
    return found?.popLast()
  }

  private func findAll() -> [RoomRow] {
    var rooms: [RoomRow] = []
    var place: Int64 = 0
    while true {
      byID.bind(1, place)
      do throws(SQLiteError) {
        guard let room = try first(byID), room.id >= place else { return rooms }
        rooms.append(room)
        guard room.id < .max else { return rooms }
        place = room.id + 1
      } catch {
        guard let next = Leap.next(after: place, through: .max - 1, isReadable: { self.isReadable($0) }) else {
          return rooms
        }
        place = next
      }
    }
  }

  private func isReadable(_ id: Int64) -> Bool {
    byID.bind(1, id)
    return (try? first(byID)).flatMap { $0 } != nil
  }

  private func first(_ statement: Statement) throws(SQLiteError) -> RoomRow? {
    defer { statement.reset() }
    return try statement.step() ? RoomRow(statement) : nil
  }
}
