import HubIO
import HubRooms
import HubWire

/// Publishes into a room, for whoever asks: REST or a WebSocket.
struct Publisher {
  let worker: Worker

  func publish(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?
  ) async throws(HubError) -> Publication {
    let received = worker.reactor.now
    return try await worker.node.directory.home(of: room).publish(event, to: room, key: key, received: received)
  }

  /// The same without waiting, where the room's home is this reactor and its engine can answer at once; else nil, and
  /// nothing done.
  func publishNow(_ event: NewEvent, to room: RoomName, key: IdempotencyKey?) throws(HubError) -> Publication? {
    let home = worker.node.directory.home(of: room)
    guard home.reactor === worker.reactor else { return nil }
    let received = worker.reactor.now
    return try home.assumeIsolated { $0.publishNow(event, to: room, key: key, received: received) }.get()
  }

  /// The same key must stand for the same event: its digest is over everything that subscribers see of it.
  static func key(
    _ text: String?, principal: String, _ event: NewEvent
  ) throws(HubError) -> IdempotencyKey? {
    guard let text else { return nil }
    guard (1...IdempotencyKey.maximumLength).contains(text.utf8.count) else {
      throw HubError(
        .invalidRequest,
        "the idempotency key has \(text.utf8.count) bytes; it must have 1 to \(IdempotencyKey.maximumLength)")
    }
    var content = Array(event.name.text.utf8)
    switch event.data {
    case .json(let json): content += [0] + json
    case .base64(let bytes): content += [1] + bytes
    }
    return IdempotencyKey(text: text, principal: principal, digest: Digest.sha256(content.span))
  }
}
