import HubRooms

/// Which of a room's oldest events go: a pure value that is shown one row after another, the oldest first.
struct Trim {
  private var events: UInt64
  private var bytes: Int
  private let keptEvents: UInt64
  private let keptBytes: Int
  /// Nil where events do not age.
  private let cutoff: Int64?
  /// The same for the newest event; ``cutoff`` where nothing else holds for that.
  private let lastCutoff: Int64?
  /// Whether the newest event stays until it is too old.
  private let keepsLast: Bool

  /// Once a bound is passed a little more than that goes, so that it does not happen anew with each event.
  private static let slackEvents: UInt64 = 64
  private static let slackBytes = 64 << 10

  /// Down to the bounds; nil where the room is within them.
  ///
  /// - Parameter time: of the latest event of all; nil where that is not known yet.
  init?(_ room: RoomRecord, _ bounds: RoomBounds, at time: Int64?) {
    guard room.exceeds(bounds, at: time) else { return nil }
    events = room.count
    bytes = room.bytes
    keptEvents = room.count > bounds.events ? bounds.events - min(bounds.events / 16, Self.slackEvents) : bounds.events
    keptBytes = room.bytes > bounds.bytes ? bounds.bytes - min(bounds.bytes / 16, Self.slackBytes) : bounds.bytes
    cutoff = time.map { $0 - bounds.age }
    keepsLast = bounds.lastAge != nil
    lastCutoff = time.map { $0 - (bounds.lastAge ?? bounds.age) }
  }

  /// The oldest quarter of the room, to make space for others.
  init(quarterOf room: RoomRecord) {
    events = room.count
    bytes = room.bytes
    keptEvents = room.count - (room.count + 3) / 4
    keptBytes = .max
    cutoff = nil
    lastCutoff = nil
    keepsLast = false
  }

  mutating func drops(time: Int64, size: Int) -> Bool {
    guard events > 0 else { return false }
    let isTooMuch = events > keptEvents || bytes > keptBytes
    let isKept = keepsLast && events == 1
    guard isKept ? isOld(time, lastCutoff) : isTooMuch || isOld(time, cutoff) else { return false }
    events -= 1
    bytes -= size
    return true
  }

  private func isOld(_ time: Int64, _ cutoff: Int64?) -> Bool { cutoff.map { time < $0 } ?? false }
}
