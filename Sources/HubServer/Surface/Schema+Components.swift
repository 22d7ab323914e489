import HubWire

/// What the documents name, in the order in which they tell it.
extension Schema {
  typealias Component = (name: String, schema: Schema)

  /// Of both documents.
  static let shared: [Component] = [
    ("RoomName", .string("The name of a room.", pattern: "^(?!\\.{1,2}$)[A-Za-z0-9_\\-=@,.;:]{1,200}$")),
    (
      "EventName",
      .string(
        "The name of an event: 1 to 200 bytes of UTF-8, no control characters.",
        pattern: "^(?!roomcast:)(?:[ -~]{1,200}|[^\\x00-\\x1f\\x7f-\\x9f]{1,50})$")
    ),
    ("Position", .string("`EPOCH-OFFSET`, opaque to clients.", pattern: "^[A-Za-z0-9]{1,32}-[0-9]{1,19}$")),
    ("ResumePoint", .anyOf([.named("Position"), .constant("earliest")])),
    ("ConnectionID", .string("The id of a connection.", pattern: "^[0-9a-f]{32}$")),
    ("ErrorCode", .choice(ErrorCode.allCases.map(\.rawValue), "What went wrong, for programs.")),
    (
      "Base64",
      .string(
        "Bytes (RFC 4648 section 4).",
        pattern: "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$")
    ),
    ("Event", .object(eventMembers(ofRoom: true), exactlyOne: [["data", "dataBase64"]])),
    (
      "Member",
      .object([
        Member("user", .string()), Member("info", .object([]), optional: true),
        Member("connections", .integer(0...Int.max, "The connections of the user in the room."), optional: true),
      ])
    ),
  ]

  /// An event, in an `event` frame and in a page of history.
  static func eventMembers(ofRoom: Bool) -> [Member] {
    let place = [
      Member("room", .named("RoomName")), Member("offset", .integer(1...Int.max), optional: true),
      Member("position", .named("Position"), optional: true),
    ]
    return [Member("type", .constant("event"))] + (ofRoom ? place : []) + [
      Member("event", .named("EventName")), Member("data", .any, optional: true),
      Member("dataBase64", .named("Base64"), optional: true),
      Member("time", .integer(0...Int.max, "Milliseconds since 1970, by the hub's clock.")),
      Member("user", .string("The user whom it was sent to, or who published it."), optional: ofRoom),
      Member("trace", .string("The W3C `traceparent` of the call that published it."), optional: true),
    ]
  }

  /// Of the OpenAPI document alone.
  static let ofHTTP: [Component] =
    [
      (
        "CloudEvent",
        .object(
          [
            Member("specversion", .constant("1.0")), Member("type", .named("EventName")),
            Member("source", .string(length: 1...Int.max)), Member("id", .string(length: 1...Int.max)),
            Member("data", .any, optional: true),
            Member("data_base64", .anyOf([.named("Base64"), .null]), optional: true),
          ], except: .object([Member("data", .any), Member("data_base64", .string())]),
          "A CloudEvent 1.0 in structured mode; it may have other attributes.")
      ),
      (
        "Reply",
        .object([
          Member("room", .named("RoomName")),
          Member(
            "reply",
            .object([
              Member("event", .named("EventName")), Member("data", .any, optional: true),
              Member("dataBase64", .named("Base64"), optional: true),
            ])),
        ])
      ),
      (
        "Problem",
        .object(
          [
            Member("type", .string()), Member("title", .string()), Member("status", .integer(400...599)),
            Member("code", .named("ErrorCode")), Member("detail", .string("What is wrong, for people.")),
            Member("temporary", .boolean("Whether a retry can help.")), Member("traceId", .string(), optional: true),
            Member("scope", .choice(["stream", "line"]), optional: true),
          ], "An error (RFC 9457).")
      ),
      ("Published", published), ("Envelope", envelope),
      (
        "Results",
        .object([Member("results", .array(of: .anyOf([.named("Published"), .named("Problem")])))])
      ),
      (
        "LineReport",
        .object([
          Member("accepted", .integer(0...Int.max)), Member("failed", .integer(0...Int.max)),
          Member(
            "queued", .integer(1...Int.max, "Accepted ones that wait on this node for an engine that is away."),
            optional: true),
          Member(
            "local",
            .integer(1...Int.max, "Accepted ones that this node's subscribers alone got while the engine was away."),
            optional: true),
          Member(
            "errors",
            .array(
              of: .object([
                Member("line", .integer(1...Int.max)), Member("code", .named("ErrorCode")), Member("detail", .string()),
                Member("temporary", .boolean()),
              ]), 0...100)),
          Member("last", .map(of: .named("Position"))),
        ])
      ),
      (
        "History",
        .object([
          Member("room", .named("RoomName")), Member("position", .named("Position")), Member("recovered", .boolean()),
          Member("events", .array(of: .named("Event"))), Member("more", .boolean()),
        ])
      ),
      ("Room", room), ("Rooms", page("rooms", of: "Room", cursor: .named("RoomName"))),
      ("DeletedRoom", .object([Member("room", .named("RoomName")), Member("deleted", .boolean())])),
      (
        "Members",
        .object([
          Member("room", .named("RoomName")), Member("members", .array(of: .named("Member"))),
          Member("count", .integer(0...Int.max)), Member("cursor", .string(), optional: true),
        ])
      ),
    ] + ofClients

  private static let ofClients: [Component] = [
    ("Connection", .object(connectionMembers)),
    ("ConnectionDetail", .object(connectionMembers + [Member("rooms", .array(of: .named("RoomName")))])),
    ("Connections", page("connections", of: "Connection", cursor: .named("ConnectionID"))),
    ("ClosedConnection", .object([Member("connection", .named("ConnectionID")), Member("closed", .boolean())])),
    (
      "ConnectionRoom",
      .object([
        Member("connection", .named("ConnectionID")), Member("room", .named("RoomName")),
        Member("subscribed", .boolean()),
      ])
    ),
    (
      "UserPublished",
      .object([Member("user", .string()), Member("connections", .integer(0...Int.max)), missing])
    ),
    (
      "UserClosed",
      .object([
        Member("user", .string()), Member("closed", .integer(0...Int.max)), Member("revoked", .boolean()), missing,
      ])
    ),
    (
      "Nodes",
      .object([
        Member(
          "nodes",
          .array(
            of: .object([
              Member("node", .string()), Member("version", .string()), Member("connections", .integer(0...Int.max)),
              Member("load", .number("How busy its reactors were in the last few seconds, from 0 to 1.")),
              Member("since", .integer(0...Int.max, "When it began; milliseconds since 1970.")),
              Member("draining", .boolean()),
            ])))
      ])
    ),
  ]

  private static let published = Schema.object([
    Member("room", .named("RoomName")), Member("position", .named("Position"), optional: true),
    Member("offset", .integer(1...Int.max), optional: true),
    Member("subscribers", .integer(0...Int.max, "Subscriptions of this node to the room.")),
    Member("duplicate", .boolean("It was published before, with the same key.")),
    Member(
      "queued", .boolean("While the engine is away: whether the event waits for it, or is kept nowhere."),
      optional: true),
  ])

  private static let envelope = Schema.object(
    [
      Member("room", .named("RoomName"), optional: true),
      Member("rooms", .array(of: .named("RoomName"), 1...Envelope.maximumRooms), optional: true),
      Member("event", .named("EventName"), optional: true), Member("data", .any, optional: true),
      Member("dataBase64", .named("Base64"), optional: true),
      Member("id", .string("The idempotency key.", length: 1...Envelope.maximumKey), optional: true),
      Member("exclude", .named("ConnectionID"), optional: true), Member("ephemeral", .boolean(), optional: true),
    ], isClosed: true, exactlyOne: [["room", "rooms"], ["data", "dataBase64"]])

  private static let room = Schema.object([
    Member("room", .named("RoomName")), Member("subscribers", .integer(0...Int.max)),
    Member("members", .integer(0...Int.max)), Member("position", .named("Position")),
    Member(
      "history",
      .object([
        Member("events", .integer(0...Int.max)), Member("bytes", .integer(0...Int.max)),
        Member("earliest", .named("Position"), optional: true),
        Member("since", .integer(0...Int.max, "When the oldest was published."), optional: true),
      ])),
    missing,
  ])

  private static let connectionMembers = [
    Member("connection", .named("ConnectionID")), Member("node", .string("The node that has it.")),
    Member("kind", .choice(StreamSummary.Kind.allCases.map(\.rawValue))),
    Member("user", .string(), optional: true), Member("address", .string()),
    Member("subscriptions", .integer(0...Int.max)),
  ]

  /// What an answer over all nodes lacks.
  private static let missing = Member(
    "missing", .array(of: .string(), about: "Nodes that did not answer in time, and of which nothing is told here."),
    optional: true)

  private static func page(_ name: String, of element: String, cursor: Schema) -> Schema {
    .object([
      Member(name, .array(of: .named(element))), Member("cursor", cursor, optional: true), missing,
    ])
  }
}
