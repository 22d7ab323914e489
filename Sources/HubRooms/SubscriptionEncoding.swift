package import HubWire

/// How one subscriber wants to be told.
package enum SubscriptionEncoding {
  case webSocket
  /// One room over SSE: the `id` is the event's position.
  case serverSentEvents
  /// Several rooms over SSE: the `id` covers them all, so each subscriber has its own.
  case manyServerSentEvents(SharedCursor, room: Int)

  var isWebSocket: Bool { if case .webSocket = self { true } else { false } }

  /// Whether all subscribers with this encoding get the same bytes.
  var isShared: Bool {
    if case .manyServerSentEvents = self { false } else { true }
  }

  /// An event as this subscriber sees it.
  package func event(_ event: Event, epoch: String) -> [UInt8] {
    if case .webSocket = self { return event.frame.bytes }
    let position = event.isEphemeral ? nil : Position(epoch: epoch, offset: event.offset)
    return ServerSentEvents.encode(id: position.map(id), event: event.name.text, data: event.frame.json)
  }

  /// A control frame: framed for WebSocket, named `roomcast:` and the type for SSE.
  package func control(_ type: String, _ json: [UInt8], at position: Position?) -> [UInt8] {
    if case .webSocket = self { return WebSocketFrame.encode(.text, json) }
    return ServerSentEvents.encode(id: position.map(id), event: EventName.reservedPrefix + type, data: json[...])
  }

  /// Encodes and sends in `body`, which says whether it was taken. Where it was not, the cursor goes back: an `id` of
  /// another room must not cover what was never sent.
  func remembering(_ body: () -> Bool) {
    guard case .manyServerSentEvents(let cursor, let room) = self else {
      _ = body()
      return
    }
    let before = cursor.positions[room]
    if !body() { cursor.positions[room] = before }
  }

  /// The SSE `id` that stands for having everything up to `position`.
  private func id(_ position: Position) -> String {
    guard case .manyServerSentEvents(let cursor, let room) = self else { return position.description }
    cursor.positions[room] = position
    return cursor.text
  }
}

/// The positions of one SSE stream over several rooms, from which its `id`s are made.
package final class SharedCursor {
  package let rooms: [RoomName]
  package var positions: [Position]

  package init(rooms: [RoomName], positions: [Position]) {
    self.rooms = rooms
    self.positions = positions
  }

  package var text: String { SSECursor(rooms: rooms, positions: positions).text }
}
