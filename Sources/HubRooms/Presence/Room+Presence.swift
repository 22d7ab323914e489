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
    tellOthers()
    standing.members = snapshot
  }

  /// Subscriptions have ended, and with them whom they brought.
  func sayGoodbye(_ presences: [Presence]) {
    for presence in presences { leave(presence) }
    tellOthers()
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
    let (book, end) = (presenceBook, reactor.now + desk.limits.lease)
    let change = book.state.enter(presence.key, user: presence.user, info: presence.info, until: end)
    if let change { tell(change) }
    noteOwn(presence, until: end)
    armPresence()
  }

  /// Its reactor says that it is still there. Who was given up in the meantime comes back.
  func renew(_ presence: Presence) {
    if presence.hasLeft { return }
    let end = reactor.now + desk.limits.lease
    _ = self.presence?.shared?.users.renew(presence.key, until: end)
    if self.presence?.state.renew(presence.key, until: end) != true { enter(presence) }
    tellOthers()
  }

  /// A connection that stays subscribed, or not, is no longer seen; the other nodes are to be told with ``tellOthers()``.
  func leave(_ presence: Presence) {
    let change = self.presence?.state.leave(presence.key, at: reactor.now)
    noteOwnLeft(presence.key)
    if let change { tell(change) }
    armPresence()
  }

  /// Ends what is over, and looks whether the room still tells who is there.
  func tickPresence() {
    guard let presence else { return }
    if !state.rules.hasPresence { return forgetMembers() }
    let (changes, expired) = presence.state.tick(at: reactor.now)
    desk.statistics.expired += UInt64(expired.count)
    for change in changes { tell(change) }
    for key in expired { noteOwnLeft(key) }
    tickOwn()
    tellOthers()
    armPresence()
  }

  /// Everybody is gone, and the subscribers are not told.
  func forgetMembers() {
    for change in presence?.state.removeAll() ?? [] { note(change) }
    forgetOwn()
  }

  /// What the room keeps about its members, made where there is none.
  var presenceBook: RoomPresence {
    let book = presence ?? RoomPresence(hold: desk.limits.leave, isShared: isShared)
    presence = book
    return book
  }

  func armPresence() {
    guard let presence else { return }
    let dues = [presence.state.nextDue, presence.shared?.users.nextDue].compactMap(\.self)
    guard let due = dues.min() else { return }
    if let timer = presence.timer {
      if timer.moment <= due { return }
      reactor.cancel(timer.id)
    }
    presence.timer = (reactor.schedule(after: due - reactor.now, .call(self, kind: 0)), due)
  }

  func presenceTimerFired() {
    presence?.timer = nil
    tickPresence()
  }

  // MARK: Telling

  /// The room's rules say anew whether it tells who is there: where it does not any more, nobody is, and who is present
  /// by a subscription of before is seen at its next renewal.
  func tellPresenceHasChanged() {
    if state.rules.hasPresence { doubtMembers() } else { forgetMembers() }
    tellMembers()
    compareSoon()
  }

  /// Everybody who is live is told who is there.
  func tellMembers() {
    let page = members(after: nil, limit: desk.limits.snapshot)
    for stream in streams { stream.post(.members(page), from: id) }
  }

  func tell(_ change: PresenceChange) {
    note(change)
    spread(Event(change, room: state.name), reactor.now)
  }

  private func note(_ change: PresenceChange) {
    switch change {
    case .joined(let user, let info):
      desk.statistics.members += 1
      desk.statistics.joins += 1
      if !isShared { tellWatcher(.joined(user: user, info: info)) }
    case .left(let user, let info):
      desk.statistics.members -= 1
      desk.statistics.leaves += 1
      if !isShared { tellWatcher(.left(user: user, info: info)) }
    }
  }

  func tellWatcher(_ change: RoomChange) {
    guard state.rules.isWatched, let watcher = desk.watcher else { return }
    watcher.roomChanged(state.name, change, at: reactor.kernel.wallTime())
  }
}
