/// What a room keeps about its members besides where other nodes have it too.
///
/// The room's ``PresenceState`` is a full copy of who is there, kept up to date by changes that the engine counts.
struct SharedPresence {
  /// Of the last change that is in the copy; nil where it was never compared.
  var version: UInt64?
  /// The copy may have missed something.
  var isDoubtful = true
  /// The engine has been asked who is there: what arrives is kept until it has answered.
  private(set) var isComparing = false
  private var kept: [(change: SharedPresenceChange, version: UInt64)] = []
  /// Whom this node's connections bring.
  var own: [PresenceKey: Presence] = [:]
  /// The same as users: what this node tells its ``RoomWatcher``, so that no two nodes tell the same.
  var users: PresenceState
  /// What the other nodes have not been told yet.
  private(set) var untold: [SharedPresenceChange] = []

  private static let keptLimit = 4096

  init(hold: Duration) {
    users = PresenceState(hold: hold)
  }

  /// This node has nobody there, and nobody whose leave is held back.
  var hasNobody: Bool { own.isEmpty && users.isEmpty }

  mutating func beginComparing() {
    isDoubtful = false
    isComparing = true
  }

  /// - Returns: false where there is no space for it: then the copy is compared once more.
  mutating func keep(_ change: SharedPresenceChange, version: UInt64) {
    guard kept.count < Self.keptLimit else {
      isDoubtful = true
      return
    }
    kept.append((change, version))
  }

  /// - Returns: what has arrived meanwhile.
  mutating func endComparing() -> [(change: SharedPresenceChange, version: UInt64)] {
    isComparing = false
    defer { kept = [] }
    return kept
  }

  mutating func tell(_ change: SharedPresenceChange) {
    untold.append(change)
  }

  mutating func takeUntold() -> [SharedPresenceChange] {
    defer { untold = [] }
    return untold
  }
}
