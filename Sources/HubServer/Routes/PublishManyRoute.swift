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
    _ = try LineAnswer(try HTTPQuery(exchange.request.query))
    let envelopes = try Envelope.split(exchange.body)
    let form = EnvelopeForm(exchange.request)
    guard envelopes.count <= worker.node.settings.body.envelopes else {
      throw HubError(
        .payloadTooLarge,
        "there are \(envelopes.count) envelopes, the limit is \(worker.node.settings.body.envelopes) (`body.envelopes`)"
      )
    }
    let results = await publisher.publish(envelopes.map { .success($0) }, as: form).joined().map {
      $0.json(trace: exchange)
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

  /// For each value, or why there is none, in order: one result for each room of the envelope, in order; an envelope that
  /// cannot be read has one.
  ///
  /// - Parameter stops: whether those behind one that is refused for now are left alone. An engine refuses a room's events
  ///   together, so that none of one room overtakes another.
  func publish(
    _ values: [Result<JSONValue, HubError>], as form: EnvelopeForm = .envelope, stops: Bool = false
  ) async -> [[EnvelopeResult]] {
    var items: [[Item]] = []
    items.reserveCapacity(values.count)
    for value in values {
      let read = read(value, as: form)
      items.append(read)
      if stops, read.contains(where: \.isTemporary) { break }
    }
    let orders = items.joined().compactMap { if case .order(let order) = $0 { order } else { nil } }
    var answers = await Publisher(worker: worker).publish(orders, stops: stops).makeIterator()
    return items.map { $0.map { result(of: $0, &answers) } }
  }

  /// One room's part of an envelope.
  private enum Item {
    case order(Publisher.Order)
    case refused(HubError, room: String?)

    var isTemporary: Bool { if case .refused(let error, _) = self { error.code.isTemporary } else { false } }
  }

  private func result(
    of item: Item, _ answers: inout IndexingIterator<[Result<Publication, HubError>]>
  ) -> EnvelopeResult {
    switch item {
    case .refused(let error, let room): return failure(error, room: room)
    case .order(let order):
      switch answers.next() {
      case .success(let publication): return .taken(order.room, publication)
      case .failure(let error): return failure(error, room: order.room.text)
      case nil: return failure(HubError(.internal, "there is no answer"), room: order.room.text)
      }
    }
  }

  private func read(_ value: Result<JSONValue, HubError>, as form: EnvelopeForm) -> [Item] {
    switch value {
    case .success(let value): read(value, as: form)
    case .failure(let error): [.refused(error, room: nil)]
    }
  }

  private func read(_ value: JSONValue, as form: EnvelopeForm) -> [Item] {
    do throws(EnvelopeError) {
      let envelope = form == .envelope ? try Envelope.parse(value) : try Envelope.parse(cloudEvent: value)
      return envelope.rooms.map { read(envelope, to: $0) }
    } catch {
      let rooms = error.rooms.isEmpty ? [nil] : error.rooms.map { $0 as String? }
      return rooms.map { .refused(error.error, room: $0) }
    }
  }

  private func read(_ envelope: Envelope, to name: String) -> Item {
    do throws(HubError) {
      let room = try RoomName(name)
      let grant = try worker.check(grant, since: policy)
      try grant.checkPublish(room)
      let names = worker.policy.names
      try names.check(room)
      try names.check(envelope.name)
      if grant.isUser, worker.backends.rule(publishing: envelope.name, in: room, by: grant) != nil {
        throw HubError(
          .forbidden, "a backend decides about this event; post it by itself: POST /v1/rooms/\(room.text)/events")
      }
      let event = NewEvent(
        name: envelope.name, data: envelope.data, user: grant.user, excluded: envelope.exclude,
        isEphemeral: envelope.ephemeral,
        trace: trace)
      let order = try Publisher(worker: worker).order(event, to: room, key: envelope.id, by: grant)
      try worker.admitPublish(by: grant)
      return .order(order)
    } catch {
      return .refused(error, room: name)
    }
  }

  private func failure(_ error: HubError, room: String?) -> EnvelopeResult {
    worker.count(error.code)
    return .refused(error, room: room)
  }
}

/// What an envelope looks like.
enum EnvelopeForm {
  case envelope
  case cloudEvent

  init(_ request: HTTPRequest) {
    let type = request.fields["Content-Type"].flatMap(MediaType.init)?.essence
    self = type == CloudEvent.structured || type == CloudEvent.batch ? .cloudEvent : .envelope
  }
}

/// What became of one room's event.
enum EnvelopeResult {
  case taken(RoomName, Publication)
  case refused(HubError, room: String?)

  var isTemporary: Bool { if case .refused(let error, _) = self { error.code.isTemporary } else { false } }

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
