import HubIO
import HubRooms
import HubWire

/// `POST /v1/events`: one envelope, an array of them, or a stream of lines.
struct PublishManyRoute {
  let connection: Connection
  let worker: Worker
  /// Fields that let a page of another origin read the answer.
  let sharing: HTTPFields

  private static let lines = "application/x-ndjson"

  /// Whether the body is read as it comes: any number of envelopes, one a line.
  static func isStream(_ request: HTTPRequest) -> Bool {
    guard request.method == .post, request.path == "/v1/events", let type = request.fields["Content-Type"] else {
      return false
    }
    return MediaType(type)?.essence == lines
  }

  func reply(to exchange: Exchange) async throws(HubError) -> Reply {
    try PublishRoute.checkEncoding(exchange.request)
    let publisher = EnvelopePublisher(
      worker: worker, grant: exchange.grant, trace: worker.node.settings.trace.events ? exchange.trace().parent : nil)
    if Self.isStream(exchange.request) {
      return try await LineStream(connection: connection, worker: worker, publisher: publisher, sharing: sharing)
        .reply(to: exchange)
    }
    let envelopes = try Envelope.split(exchange.body)
    guard envelopes.count <= worker.node.settings.body.envelopes else {
      throw HubError(
        .payloadTooLarge,
        "there are \(envelopes.count) envelopes, the limit is \(worker.node.settings.body.envelopes) (`body.envelopes`)"
      )
    }
    var results: [[UInt8]] = []
    for value in envelopes {
      for result in await publisher.publish(value) { results.append(result.json(trace: exchange)) }
    }
    let body = JSONWriter.object(capacity: results.reduce(32) { $0 + $1.count + 1 }) { json in
      json.key("results")
      json.beginArray()
      for result in results { json.raw(result) }
      json.endArray()
    }
    return .quiet(.json(200, body))
  }
}

/// Publishes the events of envelopes.
struct EnvelopePublisher {
  let worker: Worker
  /// What whoever sent them was allowed when they began to send.
  private let grant: Grant
  private let policy: Policy
  private let trace: String?

  init(worker: Worker, grant: Grant, trace: String?) {
    self.worker = worker
    self.grant = grant
    self.trace = trace
    policy = worker.policy
  }

  /// What they are allowed now: a body of lines may go on for longer than its credential.
  ///
  /// - Throws: `TOKEN_EXPIRED` or `UNAUTHORIZED`.
  private func currentGrant() throws(HubError) -> Grant {
    if let expires = grant.expires, worker.reactor.kernel.wallTime() / 1000 >= expires {
      throw HubError(.tokenExpired, "the token has expired")
    }
    try worker.node.revocations.check(grant)
    if worker.policy === policy { return grant }
    guard let renewed = worker.policy.authenticator.renewed(grant) else { throw Connection.withdrawn }
    return renewed
  }

  /// One result for each room of the envelope, in order; an envelope that cannot be read has one.
  func publish(_ value: JSONValue) async -> [EnvelopeResult] {
    let envelope: Envelope
    do throws(EnvelopeError) {
      envelope = try Envelope.parse(value)
    } catch {
      let rooms = error.rooms.isEmpty ? [nil] : error.rooms.map { $0 as String? }
      return rooms.map { failure(error.error, room: $0) }
    }
    return await envelope.rooms.asyncMap { await publish(envelope, to: $0) }
  }

  private func publish(_ envelope: Envelope, to name: String) async -> EnvelopeResult {
    do throws(HubError) {
      let room = try RoomName(name)
      let grant = try currentGrant()
      try grant.checkPublish(room)
      let names = worker.policy.names
      try names.check(room)
      try names.check(envelope.name)
      let event = NewEvent(
        name: envelope.name, data: envelope.data, user: grant.user, excluded: envelope.exclude,
        isEphemeral: envelope.ephemeral,
        trace: trace)
      let key = try Publisher.key(envelope.id, principal: grant.principal, event)
      try worker.admitPublish(by: grant)
      return .taken(room, try await Publisher(worker: worker).publish(event, to: room, key: key))
    } catch {
      return failure(error, room: name)
    }
  }

  func failure(_ error: HubError, room: String?) -> EnvelopeResult {
    worker.count(error.code)
    return .refused(error, room: room)
  }
}

/// What became of one room's event.
enum EnvelopeResult {
  case taken(RoomName, Publication)
  case refused(HubError, room: String?)

  /// As it stands among the results.
  func json(trace exchange: Exchange) -> [UInt8] {
    switch self {
    case .taken(let room, let publication): PublishRoute.body(publication, room)
    case .refused(let error, _):
      ProblemDetails.encode(
        error: error, status: error.code.status, traceID: exchange.trace().traceID.description)
    }
  }
}

extension Array {
  /// One after the other: events of one request keep their order.
  func asyncMap<Result>(_ transform: (Element) async -> Result) async -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for element in self { results.append(await transform(element)) }
    return results
  }
}
