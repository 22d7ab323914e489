import HubWire

/// The files for browsers.
extension ResourceDeclaration {
  static let console = ResourceDeclaration(
    "/", [file("console", "A page to look at the hub with.", type: "text/html")])

  static let consoleFile = ResourceDeclaration(
    "/console/{file}",
    [file("consoleFile", "What that page is made of.", type: "*/*", errors: [.notFound])])

  static let browserClient = ResourceDeclaration(
    "/roomcast.js", [file("browserClient", "The client for browsers, an ES module.", type: "text/javascript")])

  static let browserTypes = ResourceDeclaration(
    "/roomcast.d.ts", [file("browserTypes", "Its types, for TypeScript.", type: "text/plain")])

  private static func file(_ name: String, _ summary: String, type: String, errors: [ErrorCode] = []) -> Operation {
    Operation(
      .get, name, needs: .nothing, summary, parameters: [.ifNoneMatch],
      answers: [
        Answer(status: 200, about: "The file.", contents: [Content(type: type, schema: .string())]),
        Answer(status: 304, about: "It is the one that `If-None-Match` names."),
      ],
      errors: errors)
  }
}
