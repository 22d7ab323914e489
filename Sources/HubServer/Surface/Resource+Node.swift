import HubWire

/// The node itself: how it is, and what it says of itself.
extension ResourceDeclaration {
  static let nodes = ResourceDeclaration(
    "/v1/nodes",
    [
      Operation(
        .get, "listNodes", needs: .admin, "Lists the nodes of the hub, by name.",
        answers: [Answer(status: 200, about: "The nodes.", contents: [.json(.named("Nodes"))])])
    ])

  static let health = ResourceDeclaration(
    "/health",
    [
      Operation(
        .get, "health", needs: .nothing, "Answers as long as the process does.",
        answers: [Answer(status: 200, about: "Alive.", contents: [.plain])])
    ])

  static let ready = ResourceDeclaration(
    "/ready",
    [
      Operation(
        .get, "ready", needs: .nothing, "Says whether the node takes traffic.", parameters: [.engine],
        answers: [Answer(status: 200, about: "Ready.", contents: [.plain])],
        errors: [.draining, .engineUnavailable])
    ])

  static let metrics = ResourceDeclaration(
    "/metrics",
    [
      Operation(
        .get, "metrics", needs: .admin, "What the node has counted, in the text format of Prometheus.",
        answers: [Answer(status: 200, about: "The metrics.", contents: [.plain])])
    ])

  static let openAPI = ResourceDeclaration(
    "/openapi.json",
    [
      Operation(
        .get, "openAPI", needs: .nothing, "This document.",
        answers: [
          Answer(status: 200, about: "An OpenAPI document.", contents: [.json(.object([.init("openapi", .string())]))])
        ])
    ])

  static let asyncAPI = ResourceDeclaration(
    "/asyncapi.json",
    [
      Operation(
        .get, "asyncAPI", needs: .nothing, "What is said over a WebSocket, as an AsyncAPI document.",
        answers: [
          Answer(
            status: 200, about: "An AsyncAPI document.", contents: [.json(.object([.init("asyncapi", .string())]))])
        ])
    ])

  static let echo = ResourceDeclaration(
    "/debug/echo",
    [
      Operation(
        .get, "echo", needs: .nothing, "Opens a WebSocket that sends back what it gets, for conformance suites.",
        answers: [Answer(status: 101, about: "The connection is a WebSocket.")], errors: [.upgradeRequired],
        isHandshake: true)
    ])
}

extension Content {
  fileprivate static let plain = Content(type: "text/plain", schema: .string())
}
