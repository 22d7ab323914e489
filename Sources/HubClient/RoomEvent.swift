public import HubWire

/// An event as a subscriber gets it.
public struct RoomEvent: Sendable {
  /// Nil for what was sent to a user and not into a room.
  public let room: String?
  /// Where it stands in its room; nil for an ephemeral event.
  public let position: Position?
  /// The name it was published under.
  public let name: String
  /// The JSON value byte for byte; where ``isBase64``, the base64 text of bytes.
  public let data: ArraySlice<UInt8>
  /// Whether ``data`` is base64.
  public let isBase64: Bool
  /// Milliseconds since 1970, by the hub's clock.
  public let time: Int64
  /// Who published it, where a client did.
  public let user: String?
  /// The W3C `traceparent` of the call that published it, where the hub is set to tell.
  public let trace: String?
  /// The whole frame, the JSON object as it came.
  public let json: [UInt8]

  init(_ event: ReceivedEvent, json: [UInt8]) {
    room = event.room
    position = event.position
    name = event.name
    data = event.rawData
    isBase64 = event.isBase64
    time = event.time
    user = event.user
    trace = event.trace
    self.json = json
  }

  /// The place in its room, counted from 1 without a hole; nil for an ephemeral event.
  public var offset: UInt64? { position?.offset }

  /// ``data`` as text.
  public var text: String { String(decoding: data, as: UTF8.self) }

  /// The bytes that were published, where ``isBase64``.
  public var bytes: [UInt8]? { isBase64 ? Base64.decode(data.span) : nil }
}
