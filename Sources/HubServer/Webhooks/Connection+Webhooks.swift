import HubIO
import HubRooms
import HubWire

/// Who is told of a client, and asked about it.
extension Connection {
  /// Lets the client in as whom it has shown itself to be: at the beginning, or when it says more.
  ///
  /// - Parameter grant: of a client that was let in without a credential, and is asked about anew; nil is the stream's own.
  /// - Throws: why the backend does not want it.
  func letIn(as grant: Grant? = nil) async throws(HubError) {
    guard let isIn = stream?.isIn, grant != nil || !isIn else { return }
    if let rule = worker.backends.connectRule, let grant = grant ?? stream?.authority.grant, !grant.isService {
      try await ask { () async throws(HubError) in
        try await worker.backends.decide(question(.connect, of: grant), by: rule)
      }
    }
    guard stream?.isIn == false else { return }
    stream?.isIn = true
    guard let webhooks = node.webhooks, let stream else { return }
    let user = (grant ?? stream.authority.grant).user
    webhooks.connectionChanged(.opened(stream.id, user: user, kind: stream.kind), at: reactor.kernel.wallTime())
  }

  /// The end of a client that was let in.
  func tellClosed() {
    guard let stream, stream.isIn else { return }
    node.webhooks?.connectionChanged(
      .closed(stream.id, user: stream.authority.grant.user, kind: stream.kind), at: reactor.kernel.wallTime())
  }

  /// Subscribes as the client wishes, if the backend has nothing against it.
  ///
  /// - Throws: why it is not subscribed.
  func enter(_ request: RoomSubscription, id: RequestID?) async throws(HubError) {
    do throws(HubError) {
      try await letIn()
    } catch {
      return endStream(error)
    }
    try await askToSubscribe(to: request.room)
    guard case .webSocket = stage else { return }
    try await subscribe(request, id: id)
  }

  /// - Throws: why the backend does not want it.
  func askToSubscribe(to room: RoomName) async throws(HubError) {
    guard worker.backends.decides, let grant = stream?.authority.grant,
      let rule = worker.backends.rule(subscribingTo: room, by: grant)
    else { return }
    try await ask { () async throws(HubError) in
      try await worker.backends.decide(question(.subscribe(room), of: grant), by: rule)
    }
  }

  /// The same for one who reads without subscribing: what the backend keeps from subscribers is kept from readers.
  func askToRead(_ room: RoomName) async throws(HubError) {
    guard stream?.subscription(to: room) == nil else { return }
    try await letIn()
    try await askToSubscribe(to: room)
  }

  /// Whoever waits for a backend's answer is not waited for.
  private func ask<Answer>(_ body: () async throws(HubError) -> Answer) async throws(HubError) -> Answer {
    // A client that is gone has nothing more to ask.
    if channel.isClosed { throw HubError(.backendUnavailable, "the connection has ended") }
    stream?.isAsking = true
    defer { stream?.isAsking = false }
    return try await body()
  }

  /// What becomes of an event that the client publishes.
  func decide(_ event: NewEvent, in room: RoomName, by grant: Grant) async throws(HubError) -> Backends.Decision {
    guard let rule = worker.backends.rule(publishing: event.name, in: room, by: grant) else { return .publish(event) }
    return try await ask { () async throws(HubError) in
      try await worker.backends.decide(
        question(.publish(room, event.name, event.data), of: grant), about: event, by: rule)
    }
  }

  private func question(_ kind: BackendQuestion.Kind, of grant: Grant) -> BackendQuestion {
    BackendQuestion(kind: kind, user: grant.user, connection: stream?.id, time: reactor.kernel.wallTime())
  }
}

extension StreamState {
  /// What targets are told about the kind of stream.
  fileprivate var kind: String { isWebSocket ? "websocket" : "sse" }
}
