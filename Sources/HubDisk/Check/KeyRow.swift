import HubRooms
import HubWire

/// A row of the table `idempotency_keys` as it stands there.
struct KeyRow {
  static let columns = "id, room, principal, key, length(digest), epoch, offset, subscribers, used"

  let id: Int64
  let room: String
  private let key: String
  private let digestLength: Int64
  private let epoch: String?
  private let offset: Int64?
  private let subscribers: Int64
  private let used: Int64

  init(_ row: Statement) {
    id = row.integer(0)
    room = row.text(1)
    key = row.text(3)
    digestLength = row.integer(4)
    epoch = row.optionalText(5)
    offset = row.optionalInteger(6)
    subscribers = row.integer(7)
    used = row.integer(8)
  }

  /// What cannot be so.
  ///
  /// - Parameters:
  ///   - room: the row of its room, where there is one.
  ///   - clock: what the store's running clock shows.
  func fault(room: RoomRow?, clock: Int64) -> String? {
    if (try? RoomName(self.room)) == nil { return "it belongs to no room" }
    if !(1...IdempotencyKey.maximumLength).contains(key.utf8.count) { return "the key has \(key.utf8.count) bytes" }
    if !RoomRow.numbers.contains(id) { return "its `id` is \(id)" }
    if digestLength != Self.digestLength { return "its digest has \(digestLength) bytes" }
    if subscribers < 0 { return "it was told of \(subscribers) subscribers" }
    if !(0...max(0, clock)).contains(used) { return "it was used at \(used), and the store's clock shows \(clock)" }
    switch (epoch, offset) {
    // An ephemeral event has no position.
    case (nil, nil): return nil
    case (let epoch?, let offset?):
      guard offset > 0, RoomRow.numbers.contains(offset), RoomRow.position(epoch, offset) != nil else {
        return "its position is \(epoch)-\(offset)"
      }
      guard let room, room.epoch == epoch, offset > room.newest else { return nil }
      return "its position \(epoch)-\(offset) comes after the newest of its room, \(room.newest)"
    default: return "it has half a position"
    }
  }

  /// SHA-256.
  private static let digestLength: Int64 = 32
}
