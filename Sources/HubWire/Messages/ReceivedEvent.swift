/// One event as a client reads it.
package struct ReceivedEvent: Sendable, Equatable {
  /// Nil for what was sent to a user and not into a room.
  package let room: String?
  /// Nil for an ephemeral event.
  package let position: Position?
  package let name: String
  /// A slice of the message: the JSON value, or the base64 text without its quotation marks.
  package let rawData: ArraySlice<UInt8>
  /// Whether ``rawData`` is base64.
  package let isBase64: Bool
  /// Milliseconds since 1970 by the hub's clock.
  package let time: Int64
  /// Who published it, where a client did.
  package let user: String?
  /// The W3C `traceparent` of the call that caused it, where the hub tells.
  package let trace: String?

  /// A copy of the data.
  package var data: EventData { isBase64 ? .base64(Array(rawData)) : .json(Array(rawData)) }

  /// - Throws: `INVALID_REQUEST` where it is not what a hub sends.
  package init(_ object: JSONObject) throws(HubError) {
    room = try object.string("room")
    position = try object.position("position")
    name = try object.requiredString("event")
    time = try object.integer("time", in: .min ... .max) ?? 0
    user = try object.string("user")
    trace = try object.string("trace")
    if let json = try object.value("data") {
      rawData = json.raw
      isBase64 = false
    } else {
      rawData = try Self.base64(object)
      isBase64 = true
    }
  }

  private static func base64(_ object: JSONObject) throws(HubError) -> ArraySlice<UInt8> {
    guard let value = try object.value("dataBase64") else { throw object.missing("data") }
    let text = value.raw.dropFirst().dropLast()
    guard value.kind == .string, Base64.isValid(text.span) else { throw object.wrong("dataBase64", value, "base64") }
    return text
  }
}
