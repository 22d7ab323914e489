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
    var event = NewEvent(name: .message, data: try Self.data(exchange), user: grant.user)
    if request.query != nil {
      let query = try HTTPQuery(request.query)
      if let name = query["event"] { event.name = try eventName(name) }
      event.excluded = try query["exclude"].map { text throws(HubError) in try Self.connection(text) }
      event.isEphemeral = try Self.flag(query, "ephemeral")
    }
    if worker.node.settings.trace.events { event.trace = exchange.trace().parent }
    let key = try Publisher.key(request.idempotencyKey, principal: grant.principal, event)
    return Publisher.Order(room: room, event: event, key: key)
  }

  private func eventName(_ text: String) throws(HubError) -> EventName {
    let name = try EventName(text)
    try worker.policy.names.check(name)
    return name
  }

  /// The answer, where it can be given at once.
  func replyNow(to order: Publisher.Order) throws(HubError) -> Reply? {
    try Publisher(worker: worker).publishNow(order).map { reply($0, order) }
  }

  func reply(to order: Publisher.Order) async throws(HubError) -> Reply {
    reply(try await Publisher(worker: worker).publish(order), order)
  }

  private func reply(_ publication: Publication, _ order: Publisher.Order) -> Reply {
    .quiet(.json(201, Self.body(publication, order.room)))
  }

  /// What the publisher is told, also as one result of many.
  static func body(_ publication: Publication, _ room: RoomName) -> [UInt8] {
    PublishedAnswer(
      room: room, position: publication.position, subscribers: publication.subscribers,
      duplicate: publication.isDuplicate
    ).encode()
  }

  private static func connection(_ text: String) throws(HubError) -> ConnectionID {
    guard let id = ConnectionID(text) else {
      throw HubError(.invalidRequest, "`exclude` must be the id of a connection, 32 hexadecimal digits")
    }
    return id
  }

  static func flag(_ query: HTTPQuery, _ name: String) throws(HubError) -> Bool {
    switch query[name] {
    case nil, "false": return false
    case "true": return true
    default: throw HubError(.invalidRequest, "`\(name)` must be true or false")
    }
  }

  /// The body as an event carries it, by its media type.
  private static func data(_ exchange: Exchange) throws(HubError) -> EventData {
    let fields = exchange.request.fields
    try checkEncoding(exchange.request)
    if fields.says("Content-Type", "application/json") { return try EventData(json: exchange.body) }
    guard let text = fields["Content-Type"] else { return try EventData(json: exchange.body) }
    guard let type = MediaType(text) else {
      throw HubError(.invalidRequest, "the Content-Type is no media type")
    }
    if type.type == "text" { return try EventData(text: exchange.body) }
    if type.essence == "application/octet-stream" { return EventData(bytes: exchange.body) }
    return try EventData(json: exchange.body)
  }

  /// - Throws: `UNSUPPORTED_MEDIA_TYPE` for a body that is compressed.
  static func checkEncoding(_ request: HTTPRequest) throws(HubError) {
    guard let encoding = request.contentEncoding, encoding.lowercased() != "identity" else { return }
    throw HubError(
      .unsupportedMediaType, "the Content-Encoding \"\(encoding.prefix(40))\" is not supported; send the body as it is")
  }
}
