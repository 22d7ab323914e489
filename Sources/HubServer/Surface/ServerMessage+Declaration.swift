import HubWire

extension ServerMessage.Kind {
  private static let room = Schema.Member("room", .named("RoomName"))
  private static let position = Schema.Member("position", .named("Position"))
  private static let members: [Schema.Member] = [
    .init("members", .array(of: .named("Member"))), .init("count", .integer(0...Int.max), optional: true),
    .init("cursor", .string("Where the next page begins."), optional: true),
  ]

  /// What the hub says, one by one.
  var declaration: MessageDeclaration {
    switch self {
    case .welcome, .authenticated, .reconnect, .error, .pong: ofConnection
    case .event, .skip, .gap, .published, .history: ofEvents
    case .subscribed, .unsubscribed, .join, .leave, .members: ofRooms
    }
  }

  private var ofConnection: MessageDeclaration {
    switch self {
    case .welcome:
      MessageDeclaration(
        rawValue, "Always the first.", answers: false,
        [
          .init("connection", .named("ConnectionID")), .init("node", .string()),
          .init("ping", .integer(0...3600, "Seconds of silence before a ping.")),
          .init("user", .string(), optional: true),
        ],
        examples: [
          #"{"type":"welcome","connection":"0123456789abcdef0123456789abcdef","node":"a1b2c3","ping":25,"user":"ann"}"#
        ])
    case .authenticated:
      MessageDeclaration(
        rawValue, "The answer to `auth`.",
        [
          .init("user", .string(), optional: true),
          .init("expires", .integer(0...Int.max, "Seconds since 1970."), optional: true),
        ], examples: [#"{"type":"authenticated","id":6,"user":"ann","expires":1795271288}"#])
    case .reconnect:
      MessageDeclaration(
        rawValue, "The node goes away: come back after so many milliseconds.", answers: false,
        [.init("delay", .integer(0...Int.max))], examples: [#"{"type":"reconnect","delay":1830}"#])
    case .error:
      MessageDeclaration(
        rawValue, "What a message was refused with, or why the connection ends.",
        [
          .init("room", .string("As the client wrote it."), optional: true), .init("code", .named("ErrorCode")),
          .init("detail", .string()), .init("temporary", .boolean()),
        ], examples: [#"{"type":"error","id":3,"code":"FORBIDDEN","detail":"…","temporary":false}"#])
    default: MessageDeclaration(rawValue, "The answer to `ping`.", examples: [#"{"type":"pong","id":7}"#])
    }
  }

  private var ofEvents: MessageDeclaration {
    switch self {
    case .event:
      MessageDeclaration(
        "An event of a room, or one for the connection's user.",
        payload: .anyOf([.named("Event"), .named("UserEvent")]),
        examples: [
          #"{"type":"event","room":"a","offset":7,"position":"k3J9-7","event":"paid","data":{},"time":1763600000123}"#,
          #"{"type":"event","user":"ann","event":"hint","data":{"text":"hi"},"time":1763600000123}"#,
        ])
    case .skip:
      MessageDeclaration(
        rawValue, "Stands in the place of an event that this connection is left out of.", answers: false,
        [Self.room, .init("offset", .integer(1...Int.max)), Self.position],
        examples: [#"{"type":"skip","room":"orders","offset":1043,"position":"k3J9-1043"}"#])
    case .gap:
      MessageDeclaration(
        rawValue, "Events were lost: `from` is the last that came, `position` the last that did not.", answers: false,
        [Self.room, .init("from", .named("Position")), Self.position],
        examples: [#"{"type":"gap","room":"orders","from":"k3J9-1042","position":"k3J9-1100"}"#])
    case .published:
      MessageDeclaration(
        rawValue,
        "The engine has the event. An ephemeral one has no position. With `queued` the engine is away: the event waits "
          + "for it on this node (true), or was given to this node's subscribers alone and is kept nowhere (false).",
        [
          Self.room, .init("position", .named("Position"), optional: true),
          .init("offset", .integer(1...Int.max), optional: true), .init("duplicate", .boolean()),
          .init("queued", .boolean(), optional: true),
        ],
        examples: [
          #"{"type":"published","id":3,"room":"a","position":"k3J9-7","offset":7,"duplicate":false}"#,
          #"{"type":"published","id":4,"room":"a","duplicate":false,"queued":true}"#,
        ])
    default:
      MessageDeclaration(
        rawValue, "A page of history.",
        [
          Self.room, Self.position, .init("recovered", .boolean()), .init("events", .array(of: .named("Event"))),
          .init("more", .boolean()),
        ],
        examples: [
          #"{"type":"history","id":4,"room":"orders","position":"k3J9-7","recovered":true,"events":[],"more":false}"#
        ])
    }
  }

  private var ofRooms: MessageDeclaration {
    switch self {
    case .subscribed:
      MessageDeclaration(
        rawValue, "The subscription stands. `members` where presence is on.",
        [
          Self.room, Self.position,
          .init("recovered", .boolean("There exactly when `after` was given."), optional: true),
          .init("newest", .named("Position"), optional: true),
        ] + Self.members.map { .init($0.name, $0.schema, optional: true) },
        examples: [#"{"type":"subscribed","id":1,"room":"orders","position":"k3J9-1038","recovered":true}"#])
    case .unsubscribed:
      MessageDeclaration(
        rawValue, "The subscription is over. `code` where the client did not ask for it.",
        [Self.room, .init("code", .named("ErrorCode"), optional: true)],
        examples: [#"{"type":"unsubscribed","id":2,"room":"orders"}"#])
    case .join:
      MessageDeclaration(
        rawValue, "A user has come.", answers: false, [Self.room, .init("member", .named("Member"))],
        examples: [#"{"type":"join","room":"chat:1","member":{"user":"ann","info":{"name":"Ann"}}}"#])
    case .leave:
      MessageDeclaration(
        rawValue, "A user has gone.", answers: false, [Self.room, .init("member", .named("Member"))],
        examples: [#"{"type":"leave","room":"chat:1","member":{"user":"ann","info":{"name":"Ann"}}}"#])
    default:
      MessageDeclaration(
        rawValue, "A page of members; without `id` all there are now, after a gap.", [Self.room] + Self.members,
        examples: [
          #"{"type":"members","id":5,"room":"chat:1","members":[{"user":"ann","connections":2}],"count":1}"#
        ])
    }
  }
}
