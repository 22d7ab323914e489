import HubIO
import HubRooms
import HubWire

/// Publishes into a room, for whoever asks: REST or a WebSocket.
struct Publisher {
  let worker: Worker

  func publish(
    _ event: NewEvent, to room: RoomName, key: String?, principal: String = ""
  ) async throws(HubError) -> Publication {
    let received = worker.reactor.now
    let key = try key.map { text throws(HubError) in
      try Self.key(text, principal: principal, event)
    }
    return try await worker.node.directory.home(of: room).publish(event, to: room, key: key, received: received)
  }

  /// The same key must stand for the same event: its digest is over everything that subscribers see of it.
  private static func key(
    _ text: String, principal: String, _ event: NewEvent
  ) throws(HubError) -> IdempotencyKey {
    guard (1...IdempotencyKey.maximumLength).contains(text.utf8.count) else {
      throw HubError(
        .invalidRequest, "the idempotency key has \(text.utf8.count) bytes; it must have 1 to \(IdempotencyKey.maximumLength)")
    }
    var content = Array(event.name.text.utf8)
    switch event.data {
    case .json(let json): content += [0] + json
    case .base64(let bytes): content += [1] + bytes
    }
    return IdempotencyKey(text: text, principal: principal, digest: Digest.sha256(content.span))
  }
}
