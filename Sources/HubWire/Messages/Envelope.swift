/// One event for one or more rooms, as a backend service writes it in a request that publishes many.
///
/// Unlike in a client's message, a field that nobody knows is an error here: a misspelt `ephemeral` would do harm
/// silently.
package struct Envelope: Sendable, Equatable {
  /// The most rooms of one envelope.
  package static let maximumRooms = 100
  /// The most envelopes of one JSON array.
  package static let maximumCount = 1_000
  /// The longest idempotency key, in bytes, here and in a client's message.
  package static let maximumKey = 200

  /// As they were written, in order: their names are looked at room by room, since each has a result of its own.
  package let rooms: [String]
  package let name: EventName
  package let data: EventData
  /// The idempotency key.
  package let id: String?
  package let exclude: ConnectionID?
  package let ephemeral: Bool

  package init(
    rooms: [String], name: EventName = .message, data: EventData, id: String? = nil, exclude: ConnectionID? = nil,
    ephemeral: Bool = false
  ) {
    self.rooms = rooms
    self.name = name
    self.data = data
    self.id = id
    self.exclude = exclude
    self.ephemeral = ephemeral
  }

  private static let fields: [StaticString] = [
    "room", "rooms", "event", "data", "dataBase64", "id", "exclude", "ephemeral",
  ]

  /// Takes one line of NDJSON, or one whole body.
  ///
  /// - Throws: `INVALID_JSON`, and what ``parse(_:)-(JSONValue)`` throws.
  package static func parse(_ bytes: [UInt8]) throws(EnvelopeError) -> Envelope {
    let value: JSONValue
    do throws(HubError) {
      value = try JSONValue(parsing: bytes, maximumDepth: JSONScanner.maximumDepth + 1)
    } catch {
      throw EnvelopeError(rooms: [], error: error)
    }
    return try parse(value)
  }

  /// Takes one element of ``split(_:)``.
  ///
  /// - Throws: `INVALID_REQUEST`, naming the field; `INVALID_EVENT`.
  package static func parse(_ value: JSONValue) throws(EnvelopeError) -> Envelope {
    var rooms: [String] = []
    do throws(HubError) {
      guard value.kind == .object else {
        throw HubError(.invalidRequest, "an envelope is an object, and this is \(value.kind.phrase)")
      }
      let object = try JSONObject(value)
      rooms = try roomNames(object)
      if let stranger = object.firstKey(outside: fields) {
        throw HubError(.invalidRequest, "an envelope has no field `\(stranger.prefix(64))`")
      }
      let event = try object.string("event")
      let name: EventName = if let event { try EventName(event) } else { .message }
      return Envelope(
        rooms: rooms, name: name, data: try object.eventData(),
        id: try object.string("id", maximum: maximumKey), exclude: try excluded(object),
        ephemeral: try object.bool("ephemeral") ?? false)
    } catch {
      throw EnvelopeError(rooms: rooms, error: error)
    }
  }

  /// A CloudEvent says in its extension attribute `room` where it goes.
  ///
  /// - Throws: `INVALID_REQUEST` naming the attribute; `INVALID_EVENT`.
  package static func parse(cloudEvent value: JSONValue) throws(EnvelopeError) -> Envelope {
    do throws(HubError) {
      let event = try CloudEvent(value)
      guard let room = event.room else {
        throw HubError(.invalidRequest, "a CloudEvent must name its `room` here; or post it to /v1/rooms/{room}/events")
      }
      return Envelope(rooms: [room], name: event.name, data: event.data, id: event.key)
    } catch {
      throw EnvelopeError(rooms: [], error: error)
    }
  }

  /// The envelopes of a body: its elements where it is an array, else the body itself.
  ///
  /// - Throws: `INVALID_JSON`; `INVALID_REQUEST` where there are too many. Nothing of such a body is published.
  package static func split(_ body: [UInt8]) throws(HubError) -> [JSONValue] {
    let isArray = body.first(where: { $0 > 0x20 }) == UInt8(ascii: "[")
    let depth = JSONScanner.maximumDepth + (isArray ? 2 : 1)
    let value = try JSONValue(parsing: body, maximumDepth: depth)
    return isArray ? try JSONArray(value, maximum: maximumCount, name: "envelopes").elements : [value]
  }

  private static func roomNames(_ object: JSONObject) throws(HubError) -> [String] {
    let one = try object.string("room")
    guard let list = try object.present("rooms") else {
      guard let one else { throw HubError(.invalidRequest, "`room` or `rooms` is missing") }
      return [one]
    }
    guard one == nil else { throw HubError(.invalidRequest, "give `room` or `rooms`, not both") }
    let elements = try JSONArray(list, maximum: maximumRooms, name: "rooms").elements
    guard !elements.isEmpty else { throw HubError(.invalidRequest, "`rooms` is empty") }
    var names: [String] = []
    names.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      guard let name = element.string else {
        throw HubError(.invalidRequest, "`rooms[\(index)]` is \(element.kind.phrase), it must be a room's name")
      }
      names.append(name)
    }
    return names
  }

  private static func excluded(_ object: JSONObject) throws(HubError) -> ConnectionID? {
    guard let text = try object.string("exclude") else { return nil }
    guard let id = ConnectionID(text) else {
      throw HubError(.invalidRequest, "`exclude` must be the id of a connection, 32 hexadecimal digits")
    }
    return id
  }
}
