import HubIO
import HubWire

/// Who is in the room.
extension Room {
  /// - Throws: `FORBIDDEN` where the subscription wants to be seen and the room does not tell who is there.
  func checkPresence(of subscription: Subscription) throws(HubError) {
    if subscription.presence != nil, !state.rules.hasPresence { throw Self.isOff(state.name) }
  }

  static func isOff(_ room: RoomName) -> HubError {
    HubError(
      .forbidden,
      "presence is not on in the room \"\(room.text)\"; its namespace's settings say so (`namespaces`, `presence`)")
  }

  /// A subscription stands: who it brings is there, and it is told who is.
  func welcome(_ subscription: Subscription, _ standing: inout Standing) {
    if state.subscriptionCount == 1 { tellWatcher(.occupied) }
    if let presence = subscription.presence { enter(presence) }
    standing.members = snapshot
  }

  /// Subscriptions have ended, and with them whom they brought.
  func sayGoodbye(_ presences: [Presence]) {
    for presence in presences { leave(presence) }
    if state.subscriptionCount == 0 { tellWatcher(.vacated) }
  }

  /// The members as a subscriber is told at once; nil where presence is off.
  var snapshot: MembersPage? {
    state.rules.hasPresence ? members(after: nil, limit: desk.limits.snapshot) : nil
  }

  func members(after cursor: UInt64?, limit: Int) -> MembersPage {
    presence?.state.page(after: cursor, limit: limit) ?? MembersPage(members: [], count: 0, next: nil)
  }

  /// A part of the history with who is present, for a subscriber that is live again with it and may have missed who came
  /// and went.
  func withMembers(_ replay: Replay) -> Replay {
    guard replay.isLast, state.rules.hasPresence else { return replay }
    var replay = replay
    replay.members = snapshot
    return replay
  }

  /// How many are in the room.
  var memberCount: Int { presence?.state.count ?? 0 }

  // MARK: Coming and going

  private func enter(_ presence: Presence) {
    guard state.rules.hasPresence, !presence.hasLeft else { return }
    let book = self.presence ?? RoomPresence(hold: desk.limits.leave)
    self.presence = book
    let change = book.state.enter(
      presence.key, user: presence.user, info: presence.info, until: reactor.now + desk.limits.lease)
    if let change { tell(change) }
    armPresence()
  }

  /// Its reactor says that it is still there. Who was given up in the meantime comes back.
  func renew(_ presence: Presence) {
    if presence.hasLeft { return }
    let isKnown = self.presence?.state.renew(presence.key, until: reactor.now + desk.limits.lease) ?? false
    if !isKnown { enter(presence) }
  }

  func leave(_ presence: Presence) {
    guard let change = self.presence?.state.leave(presence.key, at: reactor.now) else { return armPresence() }
    tell(change)
  }

  /// Ends what is over, and looks whether the room still tells who is there.
  func tickPresence() {
    guard let presence else { return }
    if !state.rules.hasPresence { return forgetMembers() }
    let (changes, expired) = presence.state.tick(at: reactor.now)
    desk.statistics.expired += UInt64(expired)
    for change in changes { tell(change) }
    armPresence()
  }

  /// Everybody is gone, and the subscribers are not told.
  func forgetMembers() {
    for change in presence?.state.removeAll() ?? [] { note(change) }
  }

  private func armPresence() {
    guard let presence, let due = presence.state.nextDue else { return }
    if let timer = presence.timer {
      if timer.moment <= due { return }
      reactor.cancel(timer.id)
    }
    presence.timer = (reactor.schedule(after: due - reactor.now, .call(self, kind: 0)), due)
  }

  fileprivate func presenceTimerFired() {
    presence?.timer = nil
    tickPresence()
  }

  // MARK: Telling

  /// The room's rules say anew whether it tells who is there: where it does not any more, nobody is, and who is present
  /// by a subscription of before is seen at its next renewal.
  func tellPresenceHasChanged() {
    if !state.rules.hasPresence { forgetMembers() }
    tellMembers()
  }

  /// Everybody who is live is told who is there.
  func tellMembers() {
    let page = members(after: nil, limit: desk.limits.snapshot)
    for stream in streams { stream.post(.members(page), from: id) }
  }

  private func tell(_ change: PresenceChange) {
    note(change)
    spread(Event(change, room: state.name), reactor.now)
  }

  private func note(_ change: PresenceChange) {
    switch change {
    case .joined(let user, let info):
      desk.statistics.members += 1
      desk.statistics.joins += 1
      tellWatcher(.joined(user: user, info: info))
    case .left(let user, let info):
      desk.statistics.members -= 1
      desk.statistics.leaves += 1
      tellWatcher(.left(user: user, info: info))
    }
  }

  private func tellWatcher(_ change: RoomChange) {
    guard state.rules.isWatched, let watcher = desk.watcher else { return }
    watcher.roomChanged(state.name, change, at: reactor.kernel.wallTime())
  }
}

extension Room: TimerTarget {
  package nonisolated func timerFired(_ kind: UInt8) {
    assumeIsolated { $0.presenceTimerFired() }
  }
}
