import HubIO

/// What a room has once somebody was seen in it. An object, because most rooms have none, and one pointer is all they pay.
final class RoomPresence {
  var state: PresenceState
  /// Armed for the first end, or for an earlier look that finds nothing.
  var timer: (id: TimerWheel<TimerAction>.ID, moment: Moment)?

  /// What it takes besides where other nodes have the room too; nil where none has.
  var shared: SharedPresence?

  init(hold: Duration, isShared: Bool) {
    state = PresenceState(hold: hold)
    shared = isShared ? SharedPresence(hold: hold) : nil
  }
}
