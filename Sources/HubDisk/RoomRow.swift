import HubWire

/// A row of the table `rooms` as it stands there, right or wrong.
struct RoomRow {
  /// What a statement that rows are read from has to select, in this order.
  static let columns = "id, name, epoch, newest, oldest, bytes, oldest_time, idle_since"

  let id: Int64
  let name: String
  let epoch: String
  let newest: Int64
  let oldest: Int64
  let bytes: Int64
  let oldestTime: Int64?
  let idleSince: Int64?

  init(_ row: Statement) {
    id = row.integer(0)
    name = row.text(1)
    epoch = row.text(2)
    newest = row.integer(3)
    oldest = row.integer(4)
    bytes = row.integer(5)
    oldestTime = row.optionalInteger(6)
    idleSince = row.optionalInteger(7)
  }

  /// Its name, where it is one.
  var room: RoomName? { try? RoomName(name) }
  /// Its newest place, where its epoch is one.
  var position: Position? { Self.position(epoch, newest) }
  /// Whether the bounds of its history make sense.
  var hasBounds: Bool { newest >= 0 && newest < .max && oldest >= 1 && oldest <= newest + 1 }

  /// Nil where the epoch is none, or the offset is below zero.
  static func position(_ epoch: String, _ offset: Int64) -> Position? {
    offset < 0 ? nil : try? Position("\(epoch)-\(offset)")
  }
}
