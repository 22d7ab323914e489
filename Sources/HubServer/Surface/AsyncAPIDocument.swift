import HubWire

/// The AsyncAPI 3.0 document of what is said over a WebSocket, made from the declarations of the messages.
struct AsyncAPIDocument {
  private typealias Message = (name: String, declaration: MessageDeclaration)

  private let fromClient: [Message] = ClientMessage.Kind.allCases.map { ("client.\($0.rawValue)", $0.declaration) }
  private let fromHub: [Message] = ServerMessage.Kind.allCases.map { ("hub.\($0.rawValue)", $0.declaration) }

  func encode() -> [UInt8] {
    JSONWriter.object(capacity: 32 << 10) { json in
      json.member("asyncapi", "3.0.0")
      json.key("info")
      json.beginObject()
      json.member("title", "Roomcast")
      json.member("version", Hub.version)
      json.member("description", "What is said over a WebSocket of the hub: JSON objects, one a text frame.")
      json.endObject()
      json.member("defaultContentType", "application/json")
      json.key("channels")
      json.beginObject()
      writeChannel("hub", Resource.webSocket, "A connection without a room.", to: &json)
      writeChannel("room", Resource.roomEvents, "A connection that is subscribed to the room.", to: &json)
      json.endObject()
      json.key("operations")
      json.beginObject()
      writeOperation("fromClient", "receive", fromClient, to: &json)
      writeOperation("fromHub", "send", fromHub, to: &json)
      json.endObject()
      writeComponents(to: &json)
    }
  }

  private func writeChannel(_ name: String, _ resource: Resource, _ about: String, to json: inout JSONWriter) {
    json.key(name)
    json.beginObject()
    json.member("address", resource.declaration.path.text)
    json.describe(about)
    if !resource.declaration.path.names.isEmpty {
      json.key("parameters")
      json.beginObject()
      for name in resource.declaration.path.names {
        json.key(name)
        json.raw(JSONWriter.object { $0.describe(Parameter.ofPath(name).about) })
      }
      json.endObject()
    }
    json.key("messages")
    json.beginObject()
    for message in fromClient + fromHub {
      json.key(message.name)
      writeReference("#/components/messages/\(message.name)", to: &json)
    }
    json.endObject()
    json.endObject()
  }

  private func writeOperation(
    _ name: String, _ action: String, _ messages: [Message], to json: inout JSONWriter
  ) {
    json.key(name)
    json.beginObject()
    json.member("action", action)
    json.key("channel")
    writeReference("#/channels/hub", to: &json)
    json.key("messages")
    json.array(messages) { json, message in writeReference("#/channels/hub/messages/\(message.name)", to: &json) }
    json.endObject()
  }

  private func writeComponents(to json: inout JSONWriter) {
    json.key("components")
    json.beginObject()
    json.key("messages")
    json.beginObject()
    for (kind, message) in zip(ClientMessage.Kind.allCases, fromClient) {
      write(message, errors: kind.errors, to: &json)
    }
    for message in fromHub { write(message, to: &json) }
    json.endObject()
    json.key("schemas")
    json.beginObject()
    for (name, schema) in Schema.shared + Schema.ofMessages {
      json.key(name)
      json.raw(schema.json)
    }
    json.endObject()
    json.endObject()
  }

  private func write(_ message: Message, errors: [ErrorCode] = [], to json: inout JSONWriter) {
    json.key(message.name)
    json.beginObject()
    json.member("name", message.name)
    json.member("summary", message.declaration.summary)
    json.member("payload", raw: message.declaration.payload.json)
    if !errors.isEmpty {
      json.key("x-errors")
      json.array(errors) { $0.string($1.rawValue) }
    }
    json.key("examples")
    json.array(message.declaration.examples) { json, example in
      json.raw(JSONWriter.object { $0.member("payload", raw: Array(example.utf8)) })
    }
    json.endObject()
  }

  private func writeReference(_ target: String, to json: inout JSONWriter) {
    json.raw(JSONWriter.object { $0.member("$ref", target) })
  }
}
