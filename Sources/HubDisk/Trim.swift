/// Which of a room's oldest events go: a pure value that is shown one row after another, the oldest first.
struct Trim {
  private var events: UInt64
  private var bytes: Int
  private let keptEvents: UInt64
  private let keptBytes: Int
  /// Nil where events do not age.
  private let cutoff: Int64?

  /// Once a bound is passed a little more than that goes, so that it does not happen anew with each event.
  private static let slackEvents: UInt64 = 64
  private static let slackBytes = 64 << 10

  /// Down to the bounds; nil where the room is within them.
  ///
  /// - Parameter cutoff: what was published before it is too old; nil where the time is not known yet.
  init?(_ room: RoomRecord, limits: DiskLimits, cutoff: Int64?) {
    guard room.exceeds(limits, cutoff: cutoff) else { return nil }
    let limit = UInt64(limits.roomEvents)
    events = room.count
    bytes = room.bytes
    keptEvents = room.count > limit ? limit - min(limit / 16, Self.slackEvents) : limit
    keptBytes =
      room.bytes > limits.roomBytes
      ? limits.roomBytes - min(limits.roomBytes / 16, Self.slackBytes) : limits.roomBytes
    self.cutoff = cutoff
  }

  /// The oldest quarter of the room, to make space for others.
  init(quarterOf room: RoomRecord) {
    events = room.count
    bytes = room.bytes
    keptEvents = room.count - (room.count + 3) / 4
    keptBytes = .max
    cutoff = nil
  }

  mutating func drops(time: Int64, size: Int) -> Bool {
    guard events > 0, events > keptEvents || bytes > keptBytes || cutoff.map({ time < $0 }) ?? false else {
      return false
    }
    events -= 1
    bytes -= size
    return true
  }
}

extension RoomRecord {
  /// Whether it keeps more than it may.
  func exceeds(_ limits: DiskLimits, cutoff: Int64?) -> Bool {
    guard !isEmpty else { return false }
    if count > UInt64(limits.roomEvents) || bytes > limits.roomBytes { return true }
    guard let cutoff, let oldestTime else { return false }
    return oldestTime < cutoff
  }
}
