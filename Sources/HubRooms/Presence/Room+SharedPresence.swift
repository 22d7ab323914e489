import HubIO
import HubWire

/// Who is in a room that several nodes have: what this node tells the others, and what it is told.
extension Room {
  // MARK: Own connections

  /// One of this node's connections is there.
  func noteOwn(_ presence: Presence, until end: Moment) {
    guard let book = self.presence, book.shared != nil else { return }
    book.shared?.own[presence.key] = presence
    book.shared?.tell(.entered(member(presence)))
    watch(book.shared?.users.enter(presence.key, user: presence.user, info: presence.info, until: end))
  }

  private func member(_ presence: Presence) -> SharedMember {
    SharedMember(node: desk.node, key: presence.key, user: presence.user, info: presence.info)
  }

  func noteOwnLeft(_ key: PresenceKey) {
    guard presence?.shared?.own.removeValue(forKey: key) != nil else { return }
    presence?.shared?.tell(.left(key))
    watch(presence?.shared?.users.leave(key, at: reactor.now))
  }

  func tickOwn() {
    for change in presence?.shared?.users.tick(at: reactor.now).changes ?? [] { watch(change) }
  }

  /// Nobody is there any more by this node's connections.
  func forgetOwn() {
    guard let book = presence, let shared = book.shared else { return }
    for key in shared.own.keys { book.shared?.tell(.left(key)) }
    book.shared?.own = [:]
    for change in book.shared?.users.removeAll() ?? [] { watch(change) }
    book.shared?.isDoubtful = true
    tellOthers()
  }

  /// Each node tells its watcher of its own connections alone.
  private func watch(_ change: PresenceChange?) {
    switch change {
    case .joined(let user, let info): tellWatcher(.joined(user: user, info: info))
    case .left(let user, let info): tellWatcher(.left(user: user, info: info))
    case nil: break
    }
  }

  /// Tells what has come together.
  func tellOthers() {
    guard let changes = presence?.shared?.takeUntold(), !changes.isEmpty else { return }
    engine.tell(changes, in: state.name)
  }

  // MARK: Other nodes

  var areMembersDoubtful: Bool { state.rules.hasPresence && presence?.shared?.isDoubtful == true }

  /// Changes may have been missed.
  func doubtMembers() {
    guard isShared, state.rules.hasPresence else { return }
    presenceBook.shared?.isDoubtful = true
  }

  func arrived(_ change: SharedPresenceChange, version: UInt64) {
    guard state.rules.hasPresence, let shared = presence?.shared else { return }
    if shared.isComparing {
      presence?.shared?.keep(change, version: version)
    } else {
      take(change, version: version)
      tellOthers()
      armPresence()
    }
  }

  private func take(_ change: SharedPresenceChange, version: UInt64) {
    guard let book = presence, let shared = book.shared else { return }
    guard let known = shared.version, version == known + 1 else { return doubtMembers() }
    book.shared?.version = version
    switch change {
    // What this node has told comes back, and counts.
    case .entered(let member) where member.node == desk.node: break
    case .entered(let member): if let change = book.state.enter(member) { tell(change) }
    case .left(let key):
      if let presence = shared.own[key] {
        // It was given up elsewhere, and is there.
        book.shared?.tell(.entered(self.member(presence)))
      } else if let change = book.state.leave(key, at: reactor.now) {
        tell(change)
      }
    }
  }

  /// Takes over who is there, as the engine knows it. Where something came in between that it may not know, the members
  /// stay in doubt.
  func compareMembers() async -> HubError? {
    let book = presenceBook
    book.shared?.beginComparing()
    let result: Result<SharedMembers, HubError>
    do throws(HubError) { result = .success(try await engine.members(of: state.name)) } catch {
      result = .failure(error)
    }
    let kept = book.shared?.endComparing() ?? []
    switch result {
    case .failure(let error):
      book.shared?.isDoubtful = true
      return error
    case .success(let members):
      guard state.rules.hasPresence, presence === book, book.shared?.isDoubtful == false else { return nil }
      reconcile(members, book)
      for (change, version) in kept where version > members.version { take(change, version: version) }
      tellOthers()
      armPresence()
      return nil
    }
  }

  private func reconcile(_ members: SharedMembers, _ book: RoomPresence) {
    book.shared?.version = members.version
    var missing = book.shared?.own ?? [:]
    for member in members.members where member.node == desk.node {
      // What was lost on the way is told again.
      if missing.removeValue(forKey: member.key) == nil { book.shared?.tell(.left(member.key)) }
    }
    for presence in missing.values.sorted(by: { $0.key.serial < $1.key.serial }) {
      book.shared?.tell(.entered(member(presence)))
    }
    let others = members.members.filter { $0.node != desk.node }
    for change in book.state.reconcile(others, at: reactor.now) { tell(change) }
  }

  /// Another node is gone; its lease has ended `late` ago.
  func nodeHasGone(_ node: String, late: Duration) {
    guard node != desk.node, let book = presence, let shared = book.shared else { return }
    // The answer that is awaited may be older.
    if shared.isComparing { doubtMembers() }
    for change in book.state.leave(node: node, at: reactor.now + (.zero - late)) { tell(change) }
    tickPresence()
  }

  /// The room is let go: nothing is told any more.
  func closePresence() {
    guard let book = presence else { return }
    if let timer = book.timer { reactor.cancel(timer.id) }
    desk.statistics.members -= book.state.count
    presence = nil
  }
}
