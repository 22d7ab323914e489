/// What holds for one room: its namespace's settings, as far as rooms need them. A pure value.
package struct RoomRules: Sendable, Equatable {
  /// What is kept in memory.
  package var history: HistoryLimit
  /// What an engine that lasts keeps; nil where its own bounds hold.
  package var stored: HistoryLimit?
  /// Whether it is told who is there.
  package var hasPresence = false
  /// What becomes of a subscriber that does not keep up.
  package var slow = SlowPolicy.catchUp
  /// Whether a new subscriber gets the latest event at once, which is kept for it.
  package var keepsLast = false
  /// How long the latest event is kept for that, in milliseconds, however old the others may become.
  package var lastAge: Int64 = 86_400_000
  /// Whether nothing that is published is kept.
  package var isEphemeral = false
  /// Whether the ``RoomWatcher`` wants to know what goes on in it.
  package var isWatched = false

  package init(history: HistoryLimit) {
    self.history = history
  }
}

/// What becomes of a subscriber that does not keep up with a room.
public enum SlowPolicy: String, Sendable, CaseIterable {
  /// It is served from history, at its own pace, and misses nothing that history still has.
  case catchUp = "catch-up"
  /// It gets one `gap` frame for what it missed, and goes on live.
  case gap
  /// It is closed with `SLOW_CONSUMER`.
  case close
}
