import HubIO

/// What a room has once somebody was seen in it. An object, because most rooms have none, and one pointer is all they pay.
final class RoomPresence {
  var state: PresenceState
  /// Armed for the first end, or for an earlier look that finds nothing.
  var timer: (id: TimerWheel<TimerAction>.ID, moment: Moment)?

  init(hold: Duration) {
    state = PresenceState(hold: hold)
  }
}
