import HubWire

extension ClientMessage.Kind {
  /// What clients say, one by one.
  var declaration: MessageDeclaration {
    switch self {
    case .subscribe:
      MessageDeclaration(
        rawValue, "Subscribes to one room, or to many at once: one answer a room.",
        [
          .init("room", .named("RoomName"), optional: true), .init("after", .named("ResumePoint"), optional: true),
          .init("presence", .object([]), optional: true),
          .init("rooms", .array(of: .named("Subscription"), 1...Int.max), optional: true),
        ], exactlyOne: [["room", "rooms"]],
        examples: [
          #"{"type":"subscribe","id":1,"room":"orders","after":"k3J9-1038","presence":{"name":"Ann"}}"#,
          #"{"type":"subscribe","id":2,"rooms":[{"room":"a","after":"earliest"},{"room":"b"}]}"#,
        ])
    case .unsubscribe:
      MessageDeclaration(
        rawValue, "Leaves a room. It always succeeds.", [.init("room", .named("RoomName"))],
        examples: [#"{"type":"unsubscribe","id":2,"room":"orders"}"#])
    case .publish:
      MessageDeclaration(
        rawValue, "Publishes an event.",
        [
          .init("room", .named("RoomName")), .init("event", .named("EventName"), optional: true),
          .init("data", .any, optional: true), .init("dataBase64", .named("Base64"), optional: true),
          .init("echo", .boolean("Whether this connection gets the event too; true unless said."), optional: true),
          .init("key", .string("The idempotency key.", length: 1...Envelope.maximumKey), optional: true),
          .init("ephemeral", .boolean(), optional: true),
        ], exactlyOne: [["data", "dataBase64"]],
        examples: [
          #"{"type":"publish","id":3,"room":"chat:1","event":"said","data":{"text":"hi"},"echo":false,"key":"k-1"}"#
        ])
    case .history:
      MessageDeclaration(
        rawValue, "Asks for a page of a room's history.",
        [
          .init("room", .named("RoomName")), .init("after", .named("ResumePoint"), optional: true),
          .init("last", .integer(1...HistoryRequest.maximumLimit), optional: true),
          .init("limit", .integer(1...HistoryRequest.maximumLimit), optional: true),
        ], examples: [#"{"type":"history","id":4,"room":"orders","after":"k3J9-1038","limit":100}"#])
    case .members:
      MessageDeclaration(
        rawValue, "Asks for a page of a room's members.",
        [
          .init("room", .named("RoomName")),
          .init("limit", .integer(1...MembersRequest.maximumLimit), optional: true),
          .init("cursor", .string("`cursor` of the page before."), optional: true),
        ], examples: [#"{"type":"members","id":5,"room":"chat:1","limit":100,"cursor":"17"}"#])
    case .auth:
      MessageDeclaration(
        rawValue, "Says who the client is, or replaces its token by a fresh one.", [.init("token", .string())],
        examples: [#"{"type":"auth","id":6,"token":"a token"}"#])
    case .ping:
      MessageDeclaration(rawValue, "Asks for a sign of life.", examples: [#"{"type":"ping","id":7}"#])
    }
  }
}
