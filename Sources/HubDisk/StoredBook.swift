/// What the store says when it is opened.
struct StoredBook: Sendable {
  var epoch: String
  /// What the running clock showed.
  var clock: Int64
  var rooms: [RoomRecord]
  var keys: [KeyUse]
  /// Identifiers of rooms without a row, of whose events some may be left.
  var purging: [Int64]
  /// The first identifier that no room ever had that left anything behind.
  var nextRoom: Int64
}
