import HubIO
import HubRooms
import HubWire

/// Who a stream's client is, for as long as the stream lasts.
extension Connection {
  func makeAuthority(_ grant: Grant) -> Authority {
    Authority(
      grant, now: reactor.now, wallTime: reactor.kernel.wallTime(), patience: node.settings.handshake)
  }

  /// Takes a place among the streams of the grant's user, once.
  /// - Returns: false where the user has too many.
  func takeSeat(of grant: Grant) -> Bool {
    guard let user = grant.user, stream?.hasSeat == false else { return true }
    switch node.admission.enter(user: user) {
    case .free: break
    case .held: stream?.hasSeat = true
    case .refused, .shed:
      worker.statistics.refused[.user] += 1
      return false
    }
    return true
  }

  func leaveSeat() {
    guard let stream, stream.hasSeat, let user = stream.authority.grant.user else { return }
    node.admission.leave(user: user)
  }

  /// `auth`: the client says who it is, or replaces its token by a fresh one.
  func authenticate(_ token: String, id: RequestID?) async {
    guard let before = stream?.authority.grant else { return }
    let policy = worker.policy
    do throws(HubError) {
      guard !policy.authenticator.isOpen else {
        throw HubError(
          .unauthorized, "this hub is open and has no key that could check a token; connect without one")
      }
      let grant = try policy.authenticator.grant(credential: token, at: reactor.kernel.wallTime() / 1000)
      try node.revocations.check(grant)
      guard before.source == .anonymous || before.user == grant.user else {
        throw HubError(.forbidden, "the token is another user's; open a connection of its own for it")
      }
      guard takeSeat(of: grant) else { return endStream(Limit.user.refusal) }
      if before.source == .anonymous { try await letIn(as: grant) }
      guard case .webSocket = stage else { return }
      try worker.check(grant, since: policy)
      stream?.authority = makeAuthority(grant)
      if before.user == nil { enterIndex() }
      setHeartbeat(at: deadline.moment)
      sendJSON(ServerMessage.encodeAuthenticated(id: id, user: grant.user, expires: grant.expires))
      await leaveForbiddenRooms()
      await withdrawForbiddenPresence()
      await subscribePending()
    } catch {
      // Who has not come in yet stays outside; who is in keeps what the token before allows.
      if before.source == .anonymous { return endStream(error) }
      count(error.code)
      sendJSON(ServerMessage.encodeError(id: id, error))
    }
  }

  /// The rooms of the URL, and those that the token names: subscribed once the grant allows it.
  func subscribePending() async {
    guard let stream else { return }
    let grant = stream.authority.grant
    var requests = stream.pending
    let named = grant.rooms.filter { room in
      stream.subscription(to: room) == nil && !requests.contains { $0.room == room }
    }
    requests += named.map { RoomSubscription(room: $0, after: nil) }
    // Who has presented nothing yet may still do so.
    if grant.source == .anonymous { requests = requests.filter { grant.mayRead($0.room) } }
    self.stream?.pending.removeAll { request in requests.contains(request) }
    for request in requests {
      guard case .webSocket = stage else { return }
      guard grant.mayRead(request.room) || grant.rooms.contains(request.room) else {
        return endStream(HubError(.forbidden, "the token does not allow reading the room \"\(request.room.text)\""))
      }
      await subscribePending(request)
    }
  }

  /// A token's rooms count like those that the client names itself.
  private func subscribePending(_ request: RoomSubscription) async {
    // The server may have subscribed it meanwhile.
    if stream?.subscription(to: request.room) != nil { return }
    do throws(HubError) {
      try worker.policy.names.check(request.room)
      try await enter(request, id: nil)
    } catch {
      // Whoever names a room and its presence in the URL has come for nothing else.
      if request.presence != nil, error.code == .forbidden { return endStream(error) }
      fail(error, id: nil, room: request.room.text)
    }
  }

  /// A token that replaces another may allow less.
  private func leaveForbiddenRooms() async {
    guard let stream else { return }
    let grant = stream.authority.grant
    for subscription in stream.subscriptions
    where !subscription.isAssigned && !grant.mayRead(subscription.room) && !grant.rooms.contains(subscription.room) {
      // Whoever takes it out lets it go: a reload and a fresh token may both come to this.
      guard self.stream?.remove(subscription) == true else { continue }
      await worker.fanout.waitStanding(subscription)
      await worker.fanout.leave(subscription)
      sendJSON(ServerMessage.encodeUnsubscribed(id: nil, room: subscription.room, code: .forbidden))
    }
  }

  // MARK: As time goes by

  /// - Returns: whether the stream goes on.
  func checkAuthority() -> Bool {
    guard stream != nil else { return false }
    // The client of an event stream can say nothing more: it is in, or refused.
    let isSubscribed = stream.map { !$0.subscriptions.isEmpty || $0.isAsking || !$0.isWebSocket } ?? false
    let grace = worker.policy.settings.tokens.grace
    switch stream?.authority.look(at: reactor.now, isSubscribed: isSubscribed, grace: grace) {
    case .close(let error):
      endStream(error)
      return false
    case .warn: warnOfExpiry(grace)
    case .wait, nil: break
    }
    return true
  }

  private func warnOfExpiry(_ grace: Duration) {
    guard let stream else { return }
    guard stream.hasHead else { return endStream(HubError(.tokenExpired, "the token has expired")) }
    count(.tokenExpired)
    let mend = stream.isWebSocket ? "send `auth` with a fresh one" : "open the stream anew with a fresh one"
    let error = HubError(.tokenExpired, "the token has expired; \(mend) within \(Int(grace.inSeconds)) seconds")
    let json = ServerMessage.encodeError(id: nil, error)
    if stream.isWebSocket {
      sendJSON(json)
    } else {
      channel.push(ServerSentEvents.encode(id: nil, event: EventName.reservedPrefix + "error", data: json[...]))
    }
  }

  /// The policy has been replaced: what the stream's credential allows now, if it still counts.
  func reconsider(_ policy: Policy) {
    guard let stream, case .webSocket = stage else { return reconsiderEventStream(policy) }
    let grant = stream.authority.grant
    guard let renewed = policy.authenticator.renewed(grant), isCertified(grant) else {
      return endStream(Self.withdrawn)
    }
    if renewed !== grant {
      self.stream?.authority.renew(renewed)
      Task(executorPreference: reactor) {
        await self.leaveForbiddenRooms()
        await self.withdrawForbiddenPresence()
      }
    }
  }

  private func reconsiderEventStream(_ policy: Policy) {
    guard let stream, case .eventStream = stage else { return }
    let grant = stream.authority.grant
    guard let allowed = policy.authenticator.renewed(grant), isCertified(grant),
      stream.subscriptions.allSatisfy({ allowed.mayRead($0.room) })
    else { return endStream(Self.withdrawn) }
    self.stream?.authority.renew(allowed)
    Task(executorPreference: reactor) { await self.withdrawForbiddenPresence() }
  }

  /// The grant may have changed, or the stream have ended, while something else was waited for.
  func checkStillReads(_ room: RoomName) throws(HubError) {
    guard case .eventStream = stage, let grant = stream?.authority.grant else {
      throw node.isDraining ? HubError(.draining, "the hub is shutting down; come back in a moment") : Self.withdrawn
    }
    try grant.checkRead(room)
  }

  /// A client certificate ends with the authorities that it was verified by.
  private func isCertified(_ grant: Grant) -> Bool {
    if case .certificate = grant.source { channel.tls?.peerName != nil } else { true }
  }

  static let withdrawn = HubError(.unauthorized, "the key or token is no longer accepted")
}
