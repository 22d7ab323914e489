import HubIO
import HubRooms

/// What one room may keep in the store: whichever bound is met first drops the oldest events.
struct RoomBounds {
  let events: UInt64
  /// In milliseconds.
  let age: Int64
  let bytes: Int
  /// For how long the newest event stays, whatever else holds; nil where it goes like the others.
  let lastAge: Int64?

  /// - Parameter rules: what holds for the room; nil where nothing is known but the limits.
  init(_ rules: RoomRules?, _ limits: DiskLimits) {
    let stored = rules?.stored
    events = UInt64(stored?.events ?? limits.roomEvents)
    age = stored?.age ?? limits.roomAge.nanoseconds / 1_000_000
    bytes = stored?.bytes ?? limits.roomBytes
    let (age, lastAge) = (age, rules?.lastAge ?? 0)
    self.lastAge = rules?.keepsLast == true ? max(age, lastAge) : nil
  }
}

extension RoomRecord {
  /// Whether it keeps more than it may.
  ///
  /// - Parameter time: of the latest event of all; nil where that is not known yet.
  func exceeds(_ bounds: RoomBounds, at time: Int64?) -> Bool {
    guard !isEmpty else { return false }
    let age = time.flatMap { time in oldestTime.map { time - $0 } } ?? 0
    if count == 1, let lastAge = bounds.lastAge { return age > lastAge }
    return count > bounds.events || bytes > bounds.bytes || age > bounds.age
  }
}
