import HubIO

/// Events of a shared room that wait for a moment, so that they go out together with those behind them.
struct HeldEvents {
  /// So many appends are answered then.
  let until: UInt64
  let timer: TimerWheel<TimerAction>.ID
  var events: [(event: Event, received: Moment)] = []
}

/// Holding back.
///
/// Sending a burst to many costs about the same however many events are in it. With an engine that is elsewhere, publishers
/// who are served in turns would settle into halves, of which one is sent while the other is on its way. So what arrives
/// while events of this node are under way waits for them: for one way there and back.
extension Room {
  /// With fewer subscribers there is little to gain.
  private static let crowd = 64
  private static let longest = Duration.milliseconds(2)

  /// - Returns: whether the event waits.
  func holdBack(_ event: Event, _ received: Moment) -> Bool {
    if held == nil {
      guard isShared, appendsUnderWay > 0, state.subscriptionCount >= Self.crowd else { return false }
      let timer = reactor.schedule(after: Self.longest, .call(self, kind: Self.heldTimer))
      held = HeldEvents(until: appends.asked, timer: timer)
    }
    held?.events.append((event, received))
    return true
  }

  /// What waits goes out now.
  func sendHeld() {
    guard let waiting = held.take() else { return }
    reactor.cancel(waiting.timer)
    for (event, received) in waiting.events { post(event, received) }
  }

  static let heldTimer: UInt8 = 1
}
