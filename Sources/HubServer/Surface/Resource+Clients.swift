import HubWire

/// Users and their connections.
extension ResourceDeclaration {
  static let userEvents = ResourceDeclaration(
    "/v1/users/{user}/events",
    [
      Operation(
        .post, "publishToUser", needs: .publishEverywhere, "Sends an event to every connection of one user.",
        detail: """
          It is not kept, and belongs to no room. A connection that has no room for it in its outbox does not get it. \
          The key must be allowed to publish into all rooms.
          """,
        parameters: [.event],
        body: RequestBody(about: "The data of the event.", contents: Content.data),
        answers: [Answer(status: 200, about: "How many got it.", contents: [.json(.named("UserPublished"))])],
        errors: [.invalidJSON, .invalidEvent, .payloadTooLarge, .unsupportedMediaType])
    ])

  static let userConnections = ResourceDeclaration(
    "/v1/users/{user}/connections",
    [
      Operation(
        .get, "listUserConnections", needs: .admin, "Lists the connections of one user.",
        parameters: [.limit, .connectionCursor], answers: [.connections]),
      Operation(
        .delete, "closeUserConnections", needs: .admin, "Closes every connection of one user.",
        parameters: [.revoke, .code, .reason],
        answers: [Answer(status: 200, about: "How many there were.", contents: [.json(.named("UserClosed"))])]),
    ])

  static let connections = ResourceDeclaration(
    "/v1/connections",
    [
      Operation(
        .get, "listConnections", needs: .admin, "Lists connections, by their ids.",
        parameters: [.user, .roomOfConnections, .limit, .connectionCursor], answers: [.connections],
        errors: [.invalidRoom])
    ])

  static let connection = ResourceDeclaration(
    "/v1/connections/{connection}",
    [
      Operation(
        .get, "readConnection", needs: .admin, "Tells how a connection stands.",
        answers: [Answer(status: 200, about: "The connection.", contents: [.json(.named("ConnectionDetail"))])],
        errors: [.notFound, .engineUnavailable]),
      Operation(
        .delete, "closeConnection", needs: .admin, "Closes a connection.", parameters: [.code, .reason],
        answers: [Answer(status: 200, about: "It is closed.", contents: [.json(.named("ClosedConnection"))])],
        errors: [.notFound, .engineUnavailable]),
    ])

  static let connectionRoom = ResourceDeclaration(
    "/v1/connections/{connection}/rooms/{room}",
    [
      Operation(
        .put, "subscribeConnection", needs: .admin, "Subscribes a WebSocket to a room from the server's side.",
        detail: """
          Its client is told with `subscribed`. The room need not be one that its token allows; it stays subscribed \
          when the token is replaced. Doing it again changes nothing. An event stream cannot change its rooms.
          """,
        answers: [.subscription],
        errors: [.invalidRoom, .notFound, .conflict, .tooManyRooms, .engineUnavailable, .draining]),
      Operation(
        .delete, "unsubscribeConnection", needs: .admin, "Unsubscribes a WebSocket from a room.",
        detail: "Its client is told with `unsubscribed` and the code `FORBIDDEN`.",
        answers: [.subscription], errors: [.invalidRoom, .notFound, .conflict, .engineUnavailable]),
    ])
}

extension Answer {
  fileprivate static let connections = Answer(
    status: 200, about: "A page of connections.", contents: [.json(.named("Connections"))])
  fileprivate static let subscription = Answer(
    status: 200, about: "How it stands now.", contents: [.json(.named("ConnectionRoom"))])
}
