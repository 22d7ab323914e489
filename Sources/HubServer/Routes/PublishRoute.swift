import HubIO
import HubRooms
import HubWire

/// `POST /v1/rooms/{room}/events`: the body is the data of one event.
struct PublishRoute {
  let worker: Worker

  /// - Throws: what is wrong with the request.
  func order(_ exchange: Exchange, room: RoomName) throws(HubError) -> Publisher.Order {
    let request = exchange.request
    let grant = exchange.grant
    var key: String?
    var event = try Self.event(exchange, user: grant.user, key: &key)
    if request.query != nil {
      let query = try HTTPQuery(request.query)
      if let name = query["event"] {
        event.name = try Self.name(name, isCloudEvent: key != nil)
      }
      event.excluded = try query["exclude"].map { text throws(HubError) in try Self.connection(text) }
      event.isEphemeral = try query.flag("ephemeral")
    }
    if worker.node.settings.trace.events { event.trace = exchange.trace().parent }
    if event.name != .message { try worker.policy.names.check(event.name) }
    return try Publisher(worker: worker).order(event, to: room, key: try Self.key(request) ?? key, by: grant)
  }

  /// The idempotency key of the field, which is printable ASCII: what else stands there, recipients read differently.
  private static func key(_ request: HTTPRequest) throws(HubError) -> String? {
    guard let key = request.idempotencyKey else { return nil }
    guard key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw HubError(.invalidRequest, "the Idempotency-Key holds something else than printable ASCII")
    }
    return key
  }

  /// The name that the URL gives the event.
  static func name(_ text: String, isCloudEvent: Bool) throws(HubError) -> EventName {
    guard !isCloudEvent else {
      throw HubError(.invalidRequest, "a CloudEvent's `type` is its name; leave `event` out")
    }
    return try EventName(text)
  }

  /// The answer, where it can be given at once.
  func replyNow(to order: Publisher.Order, by grant: Grant) throws(HubError) -> Reply? {
    if rule(for: order, by: grant) != nil { return nil }
    return try Publisher(worker: worker).publishNow(order).map { reply($0, order) }
  }

  func reply(to order: Publisher.Order, by grant: Grant) async throws(HubError) -> Reply {
    guard let rule = rule(for: order, by: grant) else {
      return reply(try await Publisher(worker: worker).publish(order), order)
    }
    let question = BackendQuestion(
      kind: .publish(order.room, order.event.name, order.event.data), user: grant.user, connection: nil,
      time: worker.reactor.kernel.wallTime())
    let policy = worker.policy
    switch try await worker.backends.decide(question, about: order.event, by: rule) {
    case .publish(let event):
      try worker.check(grant, since: policy).checkPublish(order.room)
      let publisher = Publisher(worker: worker)
      let decided = try publisher.order(order, with: event)
      return reply(try await publisher.publish(decided), decided)
    case .reply(let name, let data): return .quiet(.json(200, Self.body(room: order.room, name, data)))
    }
  }

  /// Who decides what becomes of the event; nil where nobody does. On the open hub, whoever posts is a service.
  private func rule(for order: Publisher.Order, by grant: Grant) -> BackendRule? {
    grant.isUser ? worker.backends.rule(publishing: order.event.name, in: order.room, by: grant) : nil
  }

  /// What a publisher is told to whom the backend has replied: nothing was published.
  private static func body(room: RoomName, _ name: EventName, _ data: EventData) -> [UInt8] {
    JSONWriter.object { json in
      json.member("room", room.text)
      json.key("reply")
      json.beginObject()
      json.member("event", name.text)
      switch data {
      case .json(let text): json.member("data", raw: text)
      case .base64(let text):
        json.key("dataBase64")
        json.string(text.span)
      }
      json.endObject()
    }
  }

  private func reply(_ publication: Publication, _ order: Publisher.Order) -> Reply {
    // Only 201 says that the event is kept.
    .quiet(.json(publication.fallback == nil ? 201 : 202, Self.body(publication, order.room)))
  }

  /// What the publisher is told, also as one result of many.
  static func body(_ publication: Publication, _ room: RoomName) -> [UInt8] {
    PublishedAnswer(
      room: room, position: publication.position, subscribers: publication.subscribers,
      duplicate: publication.isDuplicate, queued: publication.queued
    ).encode()
  }

  private static func connection(_ text: String) throws(HubError) -> ConnectionID {
    guard let id = ConnectionID(text) else {
      throw HubError(.invalidRequest, "`exclude` must be the id of a connection, 32 hexadecimal digits")
    }
    return id
  }

  /// The event by the request's media type.
  ///
  /// - Parameter key: gets the idempotency key of a CloudEvent.
  static func event(_ exchange: Exchange, user: String? = nil, key: inout String?) throws(HubError) -> NewEvent {
    try checkEncoding(exchange.request)
    let type = try mediaType(exchange.request)
    switch type?.essence {
    case nil where !exchange.request.hasCloudEvent:
      return NewEvent(name: .message, data: try EventData(json: exchange.body), user: user)
    case CloudEvent.structured:
      return event(try CloudEvent(structured: exchange.body), user, &key)
    case CloudEvent.batch:
      throw HubError(.unsupportedMediaType, "post a batch of CloudEvents to /v1/events, each with its `room`")
    default:
      let data = try data(exchange.body, type)
      guard exchange.request.hasCloudEvent else { return NewEvent(name: .message, data: data, user: user) }
      return event(try CloudEvent(binary: exchange.request.fields, data: data), user, &key)
    }
  }

  private static func event(_ cloud: CloudEvent, _ user: String?, _ key: inout String?) -> NewEvent {
    key = cloud.key
    return NewEvent(name: cloud.name, data: cloud.data, user: user)
  }

  /// Nil for JSON, and where none is told.
  private static func mediaType(_ request: HTTPRequest) throws(HubError) -> MediaType? {
    if request.fields.says("Content-Type", "application/json") { return nil }
    guard let text = request.fields["Content-Type"] else { return nil }
    guard let type = MediaType(text) else { throw HubError(.invalidRequest, "the Content-Type is no media type") }
    return type
  }

  /// The body as an event carries it; nil is JSON.
  private static func data(_ body: [UInt8], _ type: MediaType?) throws(HubError) -> EventData {
    guard let type else { return try EventData(json: body) }
    if type.type == "text" { return try EventData(text: body) }
    if type.essence == "application/octet-stream" { return EventData(bytes: body) }
    return try EventData(json: body)
  }

  /// - Throws: `UNSUPPORTED_MEDIA_TYPE` for a body that is compressed.
  static func checkEncoding(_ request: HTTPRequest) throws(HubError) {
    guard let encoding = request.contentEncoding, encoding.lowercased() != "identity" else { return }
    throw HubError(
      .unsupportedMediaType, "the Content-Encoding \"\(encoding.prefix(40))\" is not supported; send the body as it is")
  }
}

extension Publication {
  /// As publishers are told: whether the event waits for an engine that is away, or is kept nowhere; nil where it has it.
  var queued: Bool? { fallback.map { $0 == .queued } }
}
