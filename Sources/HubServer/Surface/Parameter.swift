import HubWire

/// A parameter of a request, as the document tells of it; a number's bounds are those by which its route reads it.
struct Parameter: Sendable {
  enum Place: String {
    case path, query, header
  }

  let name: String
  let place: Place
  let about: String
  let schema: Schema
  /// Of a number.
  var bounds: ClosedRange<Int>?
  var isRequired = false
  /// It may stand there several times.
  var repeats = false

  private static func query(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
    Parameter(name: name, place: .query, about: about, schema: schema)
  }

  private static func number(_ name: String, _ bounds: ClosedRange<Int>, _ about: String) -> Parameter {
    Parameter(name: name, place: .query, about: about, schema: .integer(bounds), bounds: bounds)
  }

  // MARK: Of paths

  /// What stands in braces in a path.
  static func ofPath(_ name: String) -> Parameter {
    let (schema, about): (Schema, String) =
      switch name {
      case "room": (.named("RoomName"), "The name of a room.")
      case "user": (.string(length: 1...Int.max), "A user, as the `sub` of a token names it.")
      case "file": (.choice(WebFile.consoleNames), "The name of a file.")
      case "connection": (.named("ConnectionID"), "The id of a connection.")
      default: preconditionFailure("nothing is known of {\(name)}")
      }
    return Parameter(name: name, place: .path, about: about, schema: schema, isRequired: true)
  }

  // MARK: Of pages

  static let limit = number("limit", 1...1000, "The most that one page has; 100 where it is not told.")
  static let cursor = query("cursor", .string(), "`cursor` of the page before.")
  static let memberCursor = query(
    "cursor", .string(pattern: "^[0-9]{1,19}$"), "`cursor` of the page before.")
  static let connectionCursor = query("cursor", .named("ConnectionID"), "`cursor` of the page before.")
  static let prefix = query("prefix", .string(), "Only rooms whose name begins with it.")
  static let after = query("after", .named("ResumePoint"), "What came after this position, or `earliest`.")
  static let last = number("last", 1...1000, "The newest so many events, in place of `after`.")

  // MARK: Of publishing

  static let event = query("event", .named("EventName"), "The name of the event; `message` where it is not told.")
  static let exclude = query(
    "exclude", .named("ConnectionID"), "A connection that gets `skip` in the place of the event.")
  static let ephemeral = query(
    "ephemeral", .boolean(), "Whether only those who are live get it: it is not kept and has no position.")
  static let results = query(
    "results", .choice(["each", "summary"]), "Of NDJSON: one result a line, or a report at the end.")
  static let stop = query(
    "stop", .constant("temporary"),
    "Of NDJSON with `results=each`: a line refused for now is the last that is answered.")
  static let idempotencyKey = Parameter(
    name: "Idempotency-Key", place: .header, about: "The same key publishes once, and is answered alike again.",
    schema: .string(pattern: "^[!-~](?:[ -~]{0,198}[!-~])?$"))

  // MARK: Of streams

  static let rooms = Parameter(
    name: "room", place: .query, about: "A room of the stream, up to 32 of them.",
    schema: .array(of: .named("RoomName"), 1...32), isRequired: true, repeats: true)
  static let cursorOfRooms = query(
    "after",
    .string(
      pattern: "^(?:earliest|[0-9a-f]{8}(?:~[A-Za-z0-9]{1,32}-[0-9]{1,19}){2,32}|[A-Za-z0-9]{1,32}-[0-9]{1,19})$"),
    "The `id` of an event of the same rooms, or `earliest`.")
  static let lastEventID = Parameter(
    name: "Last-Event-ID", place: .header, about: "The `id` of the last event; it counts before `after`.",
    schema: .string())
  static let presence = query(
    "presence", .boolean(), "Of a stream of one room: whether the token's user is seen in it.")

  // MARK: Of the node

  static let engine = query(
    "engine", .constant("ignore"),
    "Whether the node takes traffic also while its engine is away, for one that has a fallback.")

  // MARK: Of files

  static let ifNoneMatch = Parameter(
    name: "If-None-Match", place: .header, about: "The `ETag` of the file that the browser has.", schema: .string())

  // MARK: Of connections

  static let user = query("user", .string(length: 1...Int.max), "Only connections of this user.")
  static let roomOfConnections = query("room", .named("RoomName"), "Only connections that are subscribed to this room.")
  static let code = number(
    "code", 4100...4999,
    "The close code. Those up to 4499 say to come back, the others not to. 4112 where it is not told.")
  static let reason = query(
    "reason", .string(pattern: "^(?:[ -~]{0,123}|[\\s\\S]{0,30})$"), "What the close says, up to 123 bytes.")
  static let revoke = query(
    "revoke", .boolean(), "Whether the user's tokens that were issued before now are refused from then on.")
}

extension HTTPQuery {
  /// How much one page has.
  var pageLimit: Int {
    get throws(HubError) { try number(.limit) ?? 100 }
  }

  /// A whole number within the bounds of its parameter.
  /// - Throws: `INVALID_REQUEST`, naming the parameter and its bounds.
  func number(_ parameter: Parameter) throws(HubError) -> Int? {
    guard let text = self[parameter.name] else { return nil }
    let bounds = parameter.bounds ?? 0...Int.max
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }), let number = Int(text),
      bounds.contains(number)
    else {
      throw HubError(
        .invalidRequest, "`\(parameter.name)` must be a number from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return number
  }

  /// `true` or `false`.
  /// - Throws: `INVALID_REQUEST`, naming the parameter.
  func flag(_ name: String) throws(HubError) -> Bool {
    switch self[name] {
    case nil, "false": return false
    case "true": return true
    default: throw HubError(.invalidRequest, "`\(name)` must be true or false")
    }
  }
}
