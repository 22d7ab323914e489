import HubIO
import HubRooms
import HubWire

/// What middleware looks at: the policy in force, and what is known about the connection.
struct Gate {
  let worker: Worker
  let reader: HTTPReader
  let channel: Channel
  /// Why the connection is not served, if it is not.
  let refusal: Limit?

  private var policy: Policy { worker.policy }

  /// Requests come from few hosts: the one that was let in last needs no second look.
  func checkHost(_ request: HTTPRequest) throws(HubError) {
    let host = request.host
    if host == worker.admittedHost { return }
    try policy.access.checkHost(host)
    worker.admittedHost = host
  }

  func checkOrigin(_ request: HTTPRequest) throws(HubError) {
    if request.hasOrigin { try policy.access.checkOrigin(request) }
  }

  // MARK: Who asks

  /// - Throws: `UNAUTHORIZED` or `TOKEN_EXPIRED`.
  func identify(_ exchange: Exchange, isHandshake: Bool) throws(HubError) {
    // An open hub asks for nothing, and looks at nothing.
    if policy.authenticator.isOpen {
      exchange.grant = .open
      return
    }
    guard let credential = try Credential(exchange.request) else {
      exchange.grant =
        channel.tls?.peerName.flatMap { policy.authenticator.grant(certificate: $0) } ?? policy.authenticator.anonymous
      return
    }
    do throws(HubError) {
      exchange.grant = try grant(for: credential)
    } catch {
      guard isHandshake, credential.isInQuery else { throw error }
      exchange.refusal = error
    }
  }

  private func grant(for credential: Credential) throws(HubError) -> Grant {
    let now = worker.reactor.kernel.wallTime() / 1000
    if let known = reader.known, known.holds(for: credential.text, policy, worker.node.revocations, at: now) {
      return known.grant
    }
    let known = try KnownCredential(credential.text, policy, worker.node.revocations, at: now)
    reader.known = known
    return known.grant
  }

  // MARK: Whether they may

  func checkPermission(_ exchange: Exchange, at endpoint: Endpoint) throws(HubError) {
    switch endpoint.permission(for: exchange.request.method) {
    case .nothing: break
    case .each where exchange.request.method == .post && exchange.grant.source == .anonymous:
      throw HubError(.unauthorized, "publishing needs a key or token that allows it: `Authorization: Bearer …`")
    case .each: break
    case .read(let room): try exchange.grant.checkRead(room)
    case .publish(let room): try exchange.grant.checkPublish(room)
    case .publishEverywhere: try exchange.grant.checkPublishEverywhere()
    case .admin: try exchange.grant.checkAdmin()
    }
  }

  // MARK: How often

  /// One event counts here; of many in one body each counts when its turn comes.
  func checkRate(_ exchange: Exchange, at endpoint: Endpoint) throws(HubError) {
    guard exchange.request.method == .post else { return }
    switch endpoint {
    case .roomEvents, .userEvents: try worker.admitPublish(by: exchange.grant)
    default: break
    }
  }
}

/// A credential that was found good, for the next request of the same connection.
struct KnownCredential {
  let text: String
  let grant: Grant
  private let policy: Policy
  private let revocations: Int

  /// - Throws: `UNAUTHORIZED` or `TOKEN_EXPIRED`.
  init(_ text: String, _ policy: Policy, _ revocations: Revocations, at now: Int64) throws(HubError) {
    // Read before the check: a revocation in between makes the next request look again.
    self.revocations = revocations.generation
    grant = try policy.authenticator.grant(credential: text, at: now)
    try revocations.check(grant)
    self.text = text
    self.policy = policy
  }

  func holds(for text: String, _ policy: Policy, _ revocations: Revocations, at now: Int64) -> Bool {
    self.text == text && self.policy === policy && self.revocations == revocations.generation
      && grant.expires.map { now < $0 } ?? true
  }
}
