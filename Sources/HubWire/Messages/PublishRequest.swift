/// One event that a client asks to publish over its WebSocket.
package struct PublishRequest: Sendable, Equatable {
  /// As the client wrote it.
  package let room: String
  package let name: EventName
  package let data: EventData
  /// Whether the client's own subscription gets the event too.
  package let echo: Bool
  /// The idempotency key.
  package let key: String?
  /// Sent to those who are there, and not kept.
  package let ephemeral: Bool

  package init(
    room: String, name: EventName = .message, data: EventData, echo: Bool = true, key: String? = nil,
    ephemeral: Bool = false
  ) {
    self.room = room
    self.name = name
    self.data = data
    self.echo = echo
    self.key = key
    self.ephemeral = ephemeral
  }

  /// - Throws: `INVALID_REQUEST`, `INVALID_EVENT`.
  init(_ object: JSONObject) throws(HubError) {
    room = try object.requiredString("room")
    let event = try object.string("event")
    name = if let event { try EventName(event) } else { .message }
    data = try object.eventData()
    echo = try object.bool("echo") ?? true
    key = try object.string("key", maximum: Envelope.maximumKey)
    ephemeral = try object.bool("ephemeral") ?? false
  }

  /// What is as it would be anyway is left out.
  func write(to json: inout JSONWriter) {
    json.member("room", room)
    if name != .message { json.member("event", name.text) }
    switch data {
    case .json(let text): json.member("data", raw: text)
    case .base64(let text):
      json.key("dataBase64")
      json.string(text.span)
    }
    if !echo { json.member("echo", false) }
    if let key { json.member("key", key) }
    if ephemeral { json.member("ephemeral", true) }
  }
}
