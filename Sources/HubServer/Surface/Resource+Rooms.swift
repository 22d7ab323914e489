import HubWire

/// Rooms, and what is published into them.
extension ResourceDeclaration {
  static let roomEvents = ResourceDeclaration(
    "/v1/rooms/{room}/events",
    [
      Operation(
        .get, "readEvents", needs: .read, "Reads the room's history, or streams what comes.",
        detail: """
          With `Accept: text/event-stream` the answer is an endless stream of server-sent events, which begins after \
          `Last-Event-ID` or `after`. With `Upgrade: websocket` a WebSocket is opened that is subscribed to the room. \
          Else it is a page of history.
          """,
        parameters: [.after, .last, .limit, .presence, .lastEventID],
        answers: [
          Answer(
            status: 200, about: "A page of history, or the stream.",
            contents: [.json(.named("History")), Content(type: ServerSentEvents.mediaType)]),
          Answer(status: 101, about: "The connection is a WebSocket."),
        ],
        errors: [
          .invalidRoom, .invalidPosition, .upgradeRequired, .tooManyRooms, .engineUnavailable, .backendUnavailable,
          .draining,
        ]),
      Operation(
        .post, "publish", needs: .publish, "Publishes one event: the body is its data.",
        detail: """
          `text/*` becomes a JSON string, `application/octet-stream` travels as `dataBase64`, and a body of any other \
          type must be JSON. The answer comes once the event is as safe as the engine makes it.
          """,
        parameters: [.event, .exclude, .ephemeral, .idempotencyKey],
        body: RequestBody(about: "The data of the event.", contents: Content.data),
        answers: [
          Answer(status: 201, about: "The event was taken.", contents: [.json(.named("Published"))]),
          Answer(
            status: 202,
            about: """
              The engine is away, and the event has no place. `queued` tells whether it waits for the engine on this \
              node, or was given to this node's subscribers alone and is kept nowhere.
              """,
            contents: [.json(.named("Published"))]),
          Answer(
            status: 200, about: "A backend has answered in the event's place, and nothing was published.",
            contents: [.json(.named("Reply"))]),
        ],
        errors: Operation.publishErrors),
    ])

  static let events = ResourceDeclaration(
    "/v1/events",
    [
      Operation(
        .get, "streamRooms", needs: .each, "Streams several rooms as server-sent events.",
        parameters: [.rooms, .cursorOfRooms],
        answers: [
          Answer(
            status: 200, about: "An endless stream.",
            contents: [Content(type: ServerSentEvents.mediaType)])
        ],
        errors: [
          .invalidRoom, .invalidPosition, .tooManyRooms, .engineUnavailable, .backendUnavailable, .draining,
        ]),
      Operation(
        .post, "publishMany", needs: .each, "Publishes many events into many rooms.",
        detail: """
          One envelope, an array of up to 1,000, or as `application/x-ndjson` any number of them, one a line. One that \
          is wrong harms no other: it has an error in its place among the results.
          """,
        parameters: [.results, .stop],
        body: RequestBody(
          about: "Envelopes.",
          contents: [
            .json(.anyOf([.named("Envelope"), .array(of: .named("Envelope"), 0...1000), .any])),
            Content(type: "application/x-ndjson"),
          ]),
        answers: [
          Answer(
            status: 200, about: "What became of each event, in order; of NDJSON a report.",
            contents: [
              .json(.anyOf([.named("Results"), .named("LineReport")])),
              Content(type: "application/x-ndjson"),
            ])
        ],
        errors: [.invalidJSON, .payloadTooLarge, .unsupportedMediaType]),
    ])

  static let webSocket = ResourceDeclaration(
    "/v1/ws",
    [
      Operation(
        .get, "openWebSocket", needs: .each, "Opens a WebSocket that has no room yet.",
        detail: "What is said over it is told in `/asyncapi.json`.",
        answers: [Answer(status: 101, about: "The connection is a WebSocket.")], errors: [.upgradeRequired],
        isHandshake: true)
    ])

  static let rooms = ResourceDeclaration(
    "/v1/rooms",
    [
      Operation(
        .get, "listRooms", needs: .admin, "Lists the rooms that have subscribers or members, by name.",
        parameters: [.prefix, .limit, .cursor],
        answers: [Answer(status: 200, about: "A page of rooms.", contents: [.json(.named("Rooms"))])])
    ])

  static let room = ResourceDeclaration(
    "/v1/rooms/{room}",
    [
      Operation(
        .get, "readRoom", needs: .read, "Tells how a room stands; an unknown one has zeros.",
        answers: [Answer(status: 200, about: "The room.", contents: [.json(.named("Room"))])],
        errors: [.invalidRoom, .tooManyRooms, .engineUnavailable]),
      Operation(
        .delete, "deleteRoom", needs: .admin, "Unsubscribes everybody and drops the room's history.",
        detail: "What is published next begins a new epoch.",
        answers: [Answer(status: 200, about: "It is done.", contents: [.json(.named("DeletedRoom"))])],
        errors: [.invalidRoom, .tooManyRooms, .engineUnavailable]),
    ])

  static let roomMembers = ResourceDeclaration(
    "/v1/rooms/{room}/members",
    [
      Operation(
        .get, "listMembers", needs: .read, "Lists who is present, in the order in which they came.",
        parameters: [.limit, .memberCursor],
        answers: [Answer(status: 200, about: "A page of members.", contents: [.json(.named("Members"))])],
        errors: [.invalidRoom, .tooManyRooms, .engineUnavailable, .backendUnavailable])
    ])
}

extension Operation {
  /// What publishing one event may be refused with.
  static let publishErrors: [ErrorCode] = [
    .invalidJSON, .invalidRoom, .invalidEvent, .conflict, .payloadTooLarge, .unsupportedMediaType, .tooManyRooms,
    .engineUnavailable, .backendUnavailable,
  ]
}

extension Content {
  /// The data of one event.
  static let data: [Content] = [
    .json(.any), Content(type: "text/plain", schema: .string()), Content(type: "application/octet-stream"),
    Content(type: CloudEvent.structured, schema: .named("CloudEvent")),
  ]
}
