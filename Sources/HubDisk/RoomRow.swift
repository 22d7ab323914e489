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
  var hasBounds: Bool { Self.numbers.contains(newest) && oldest >= 1 && oldest <= newest + 1 }

  /// Where every number in a store is, and far below what fits, so that reckoning with a few of them needs no care.
  static let numbers: ClosedRange<Int64> = 0...(1 << 60)

  /// What no hub writes.
  var faults: [String] {
    var faults: [String] = []
    if room == nil { faults.append("its name is none that a room can have") }
    if position == nil { faults.append("its epoch \"\(epoch)\" is none that a hub makes") }
    if !hasBounds { faults.append("its row says that it has the events \(oldest) to \(newest)") }
    if !Self.numbers.contains(id) { faults.append("`id` is \(id)") }
    if !Self.numbers.contains(bytes) { faults.append("`bytes` is \(bytes)") }
    if let idleSince, !Self.numbers.contains(idleSince) { faults.append("`idle_since` is \(idleSince)") }
    return faults
  }

  /// Nil where the epoch is none, or the offset is below zero.
  static func position(_ epoch: String, _ offset: Int64) -> Position? {
    offset < 0 ? nil : try? Position("\(epoch)-\(offset)")
  }
}
