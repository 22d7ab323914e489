import HubWire

/// A message of the WebSocket protocol, as its document tells of it.
struct MessageDeclaration: Sendable {
  let summary: String
  let payload: Schema
  /// JSON texts; each is a whole message.
  let examples: [String]

  /// - Parameter members: those besides `type` and, where it has one, `id`.
  init(
    _ type: String, _ summary: String, answers: Bool = true, _ members: [Schema.Member] = [],
    exactlyOne pairs: [[String]] = [], examples: [String]
  ) {
    self.summary = summary
    let id = answers ? [Schema.Member("id", .named("RequestID"), optional: true)] : []
    payload = .object([Schema.Member("type", .constant(type))] + id + members, exactlyOne: pairs)
    self.examples = examples
  }

  /// A message whose payload is told elsewhere.
  init(_ summary: String, payload: Schema, examples: [String]) {
    self.summary = summary
    self.payload = payload
    self.examples = examples
  }
}

extension Schema {
  /// Of the AsyncAPI document alone.
  static let ofMessages: [Component] = [
    (
      "RequestID",
      .anyOf([.number(), .string(length: 0...126)])
    ),
    (
      "Subscription",
      .object([
        Member("room", .named("RoomName")), Member("after", .named("ResumePoint"), optional: true),
        Member("presence", .object([], "What the others in the room are told of the user."), optional: true),
      ])
    ),
    ("UserEvent", .object(eventMembers(ofRoom: false), exactlyOne: [["data", "dataBase64"]])),
  ]
}
