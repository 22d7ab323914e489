import HubIO
import HubWire

extension Worker {
  /// What a credential allows now that was looked at some time ago: under another policy, before it expired, before it was
  /// revoked.
  ///
  /// - Throws: `TOKEN_EXPIRED` or `UNAUTHORIZED`.
  @discardableResult
  func check(_ grant: Grant, since policy: Policy) throws(HubError) -> Grant {
    if let expires = grant.expires, reactor.kernel.wallTime() / 1000 >= expires {
      throw HubError(.tokenExpired, "the token has expired")
    }
    try node.revocations.check(grant)
    if self.policy === policy { return grant }
    guard let renewed = self.policy.authenticator.renewed(grant) else { throw Connection.withdrawn }
    return renewed
  }

  /// Asks the backend about one who reads a room over HTTP: what it keeps from subscribers is kept from readers.
  ///
  /// - Throws: `FORBIDDEN` with what the backend says, `BACKEND_UNAVAILABLE`.
  func askToRead(_ room: RoomName, by grant: Grant) async throws(HubError) {
    guard let rule = backends.rule(subscribingTo: room, by: grant) else { return }
    let question = BackendQuestion(
      kind: .subscribe(room), user: grant.user, connection: nil, time: reactor.kernel.wallTime())
    try await backends.decide(question, by: rule)
  }
}
